"""The marks of an .xlsx workbook, from its styles and sheets."""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import IO, Any, Final
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from bot.feeds.workbook.marks import ERROR, NO_VALUE, PERCENT, Marks
from bot.feeds.workbook.number_formats import PERCENTS, is_percent
from bot.feeds.workbook.relations import targets

_CHUNK_BYTES: Final = 1024 * 1024
_TOLD: Final = re.compile(rb"""<(?:\w+:)?f[ />]|\bt=["']e["']""")
_NOT_A_NUMBER: Final = frozenset({"s", "str", "inlineStr", "b", "e", "d"})


def marks(content: bytes) -> "ExcelXml | None":
    """The marks of the workbook, None when the bytes are of another kind. Raises whatever a broken workbook raises."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = {name.replace("\\", "/").lower().lstrip("/"): name for name in archive.namelist()}
    if "xl/workbook.xml" not in names:
        return None
    return ExcelXml(archive, names, _sheet_parts(archive, names), _percent_styles(archive, names))


@dataclass(frozen=True)
class ExcelXml:
    """`parts`: the part of the archive by the sheet's name. `percents`: numbers of the styles of percentages."""

    archive: zipfile.ZipFile
    names: dict[str, str]
    parts: dict[str, str]
    percents: frozenset[str]

    def sheet(self, name: str) -> Marks:
        """The marks of a sheet; its part is read only where something may be marked."""
        part = self.names.get(self.parts.get(name, ""))
        if part is None or not (self.percents or self._has_formulas_or_errors(part)):
            return Marks()
        with self.archive.open(part) as xml:
            return _Cells(self.percents).read(xml)

    def _has_formulas_or_errors(self, part: str) -> bool:
        with self.archive.open(part) as xml:
            tail = b""
            while chunk := xml.read(_CHUNK_BYTES):
                if _TOLD.search(tail + chunk):
                    return True
                tail = chunk[-64:]
        return False


def _sheet_parts(archive: zipfile.ZipFile, names: dict[str, str]) -> dict[str, str]:
    """The part of each sheet, in small letters."""
    parts, found = targets(archive.read(names["xl/_rels/workbook.xml.rels"])), {}
    for element in fromstring(archive.read(names["xl/workbook.xml"])).iter():
        if _local(element.tag) == "sheet":
            ids = [value for name, value in element.attrib.items() if _local(name) == "id"]
            found[element.get("name") or ""] = next((parts[one] for one in ids if one in parts), "")
    return found


def _percent_styles(archive: zipfile.ZipFile, names: dict[str, str]) -> frozenset[str]:
    """The numbers of the cell styles whose number format is a percentage."""
    if "xl/styles.xml" not in names:
        return frozenset()
    root = fromstring(archive.read(names["xl/styles.xml"]))
    formats = set(PERCENTS)
    for element in root.iter():
        if _local(element.tag) == "numFmt" and is_percent(element.get("formatCode") or ""):
            formats.add(int(element.get("numFmtId") or 0))
    styles = next((element for element in root if _local(element.tag) == "cellXfs"), ())
    return frozenset(str(n) for n, style in enumerate(styles) if int(style.get("numFmtId") or 0) in formats)


def _local(name: Any) -> str:
    """The name without its namespace."""
    return str(name).rpartition("}")[2].rpartition(":")[2]


class _Cells:
    """Reads the cells of a sheet's part."""

    def __init__(self, percents: frozenset[str]) -> None:
        self._percents = percents
        self._marks = Marks()
        self._row, self._column = -1, -1
        self._cell: dict[str, str] = {}
        self._has_formula = self._in_value = False
        self._value: str | None = None

    def read(self, xml: IO[bytes]) -> Marks:
        """The marks of the cells. Raises ExpatError, and ValueError for a document with entities."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse
        parser.ParseFile(xml)
        return self._marks

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif name == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            self._cell, self._has_formula, self._value = attributes, False, None
        elif name == "f":
            self._has_formula = True
        elif name == "v":
            self._in_value, self._value = True, ""

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value = (self._value or "") + text

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name == "v":
            self._in_value = False
        elif name == "c" and (mark := self._mark()):
            self._marks.put(self._row, self._column, mark)

    def _mark(self) -> str | None:
        kind = self._cell.get("t", "n")
        if kind == "e":
            return ERROR + (self._value or "#N/A")
        if self._has_formula and (self._value is None or (self._value == "" and kind != "str")):
            return NO_VALUE
        is_percent = kind not in _NOT_A_NUMBER and self._cell.get("s") in self._percents
        return PERCENT if is_percent and self._value else None


def _column(reference: str) -> int:
    """The column of a reference such as BC12, from 0."""
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter.upper()) - 64
    return column - 1


def _refuse(*_: object) -> None:
    raise ValueError("a sheet declares no entities")
