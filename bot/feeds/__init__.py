"""Scores from outside: files, read cell by cell and stored whole or not at all."""
