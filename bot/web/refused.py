"""The one way in which a request is refused: a status and one plain line."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """`line` is said to the sender and holds nothing secret; `problems` say more of it, row by row."""

    def __init__(
        self,
        status: int,
        line: str,
        *,
        headers: Mapping[str, str] | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        count: int = 0,
    ) -> None:
        super().__init__(line)
        self.status = status
        self.line = line
        self.headers = headers
        self.problems = problems
        self.count = count

    def body(self) -> dict[str, Any]:
        """What is answered."""
        more = {"problems": list(self.problems), "problem_count": self.count} if self.problems else {}
        return {"error": self.line, **more}
