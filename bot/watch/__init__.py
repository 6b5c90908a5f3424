"""The day's check of the scores, and the notices that come of it."""
