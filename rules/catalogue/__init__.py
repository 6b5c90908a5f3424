"""The editions of a folder: read, vouched for, and which is in force on a day."""
