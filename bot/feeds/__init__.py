"""Scores from outside: files as people make them, read cell by cell and stored whole or not at all."""
