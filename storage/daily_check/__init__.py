"""What the daily check reads of the shops and writes down, as set-based SQL."""
