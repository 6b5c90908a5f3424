"""Which part of a workbook's archive belongs to which sheet."""

from defusedxml.ElementTree import fromstring


def targets(relations: bytes) -> dict[str, str]:
    """The parts by the ids of the relations, in small letters."""
    return {relation.get("Id") or "": _absolute(relation.get("Target") or "") for relation in fromstring(relations)}


def _absolute(target: str) -> str:
    target = target.replace("\\", "/").lower()
    return target.lstrip("/") if target.startswith("/") else "xl/" + target.removeprefix("./")
