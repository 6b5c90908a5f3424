"""The journeys, a file each: a journey names commands and buttons, and makes a Reply of a Turn."""
