"""How much of a message is read: what holds more is refused whole, to be asked in parts."""


class TooLong(ValueError):
    """A text holds more than is read of one message. Raised by the text alone: the same text is always refused."""

    def __init__(self) -> None:
        super().__init__("the text holds more than is read at once; ask in parts")
