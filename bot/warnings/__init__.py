"""The daily check: followers to warn, with reason and time."""
