"""Reads and writes of the daily check, as set-based SQL."""
