"""What `alliance-bot` does, one command a file. Words here are for operators at a terminal."""
