"""The tables of profiles: facts as JSON, and the report of the check, or the fact to refuse."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

Profile = Mapping[str, object]


def profiles(edition: str) -> list[Profile]:
    """The profiles of the edition, a profile a line; numbers with a point are read as exact decimals."""
    lines = (Path(__file__).parent / f"profiles-{edition}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]
