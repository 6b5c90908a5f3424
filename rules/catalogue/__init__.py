"""The editions of a folder, read and vouched for."""
