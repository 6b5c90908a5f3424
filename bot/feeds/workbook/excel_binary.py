"""The marks of an .xlsb workbook, from its records: percentages, errors, merged cells."""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.feeds.workbook.marks import PERCENT, Marks
from bot.feeds.workbook.number_formats import PERCENTS, error, is_percent
from bot.feeds.workbook.relations import targets

_ROW, _MERGED, _SHEET, _FORMAT, _STYLE, _STYLES, _STYLES_END = 0, 176, 156, 44, 47, 617, 618
_NUMBERS: Final = frozenset({2, 5, 9})
_ERRORS: Final = frozenset({3, 11})

Record = tuple[int, bytes]


def marks(content: bytes) -> "ExcelBinary | None":
    """The marks of the workbook, None when the bytes are of another kind."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    if "xl/workbook.bin" not in names:
        return None
    found = targets(archive.read("xl/_rels/workbook.bin.rels"))
    sheets = dict(_sheets(archive.read("xl/workbook.bin")))
    parts = {name: found[relation] for name, relation in sheets.items() if relation in found}
    styles = archive.read("xl/styles.bin") if "xl/styles.bin" in names else b""
    return ExcelBinary(archive, parts, _percent_styles(styles))


@dataclass(frozen=True)
class ExcelBinary:
    """`parts`: the part of the archive by the sheet's name. `percents`: numbers of the styles of percentages."""

    archive: zipfile.ZipFile
    parts: dict[str, str]
    percents: frozenset[int]

    def sheet(self, name: str) -> Marks:
        """The marks of a sheet."""
        found, row = Marks(), 0
        part = next((one for one in self.archive.namelist() if one.lower() == self.parts.get(name)), None)
        for kind, body in _records(self.archive.read(part)) if part else ():
            if kind == _ROW:
                row = struct.unpack_from("<I", body)[0]
            elif kind in _ERRORS:
                found.put(row, struct.unpack_from("<I", body)[0], error(body[8]))
            elif kind in _NUMBERS and struct.unpack_from("<I", body, 4)[0] & 0xFFFFFF in self.percents:
                found.put(row, struct.unpack_from("<I", body)[0], PERCENT)
            elif kind == _MERGED:
                first, last, column, _ = struct.unpack_from("<IIII", body)
                found.merges.append((first, column, last))
        return found


def _records(part: bytes) -> Iterator[Record]:
    """Kind and body of each record: both the kind and the length take seven bits of a byte."""
    at = 0
    while at < len(part):
        kind, at = _number(part, at, 2)
        length, at = _number(part, at, 4)
        yield kind, part[at : at + length]
        at += length


def _number(part: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for place in range(most):
        value |= (part[at] & 0x7F) << (7 * place)
        at += 1
        if not part[at - 1] & 0x80:
            break
    return value, at


def _sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """Name and relation of each sheet."""
    for kind, body in _records(workbook):
        if kind == _SHEET:
            relation, at = _text(body, 8)
            yield _text(body, at)[0], relation


def _percent_styles(styles: bytes) -> frozenset[int]:
    """The numbers of the cell styles whose number format is a percentage."""
    formats, found, number = set(PERCENTS), set[int](), -1
    for kind, body in _records(styles):
        if kind == _FORMAT and is_percent(_text(body, 2)[0]):
            formats.add(struct.unpack_from("<H", body)[0])
        elif kind in {_STYLES, _STYLES_END}:
            number = 0 if kind == _STYLES else -1
        elif kind == _STYLE and number >= 0:
            if struct.unpack_from("<H", body, 2)[0] in formats:
                found.add(number)
            number += 1
    return frozenset(found)


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    end = at + 4 + 2 * struct.unpack_from("<I", body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
