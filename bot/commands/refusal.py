"""The one way in which a command says that it could not be done: a plain line, exit status 2."""


class Refusal(Exception):
    """What, where and what to do, in one line."""
