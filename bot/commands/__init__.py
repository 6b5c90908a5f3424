"""What `alliance-bot` does, one command a file. Words here are for operators at a terminal."""


class Refusal(Exception):
    """Why a command could not be done: what, where and what to do, in one line; exit status 2."""
