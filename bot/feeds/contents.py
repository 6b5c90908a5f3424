"""What the first bytes of a file say that it is, whatever its name says."""

import re
import zipfile
from enum import StrEnum
from typing import IO, Final

from bot.feeds.cells import Trouble

_HEAD_BYTES: Final = 4096
_CHUNK_BYTES: Final = 1024 * 1024
_STREAMS: Final = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book")}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: Final = (
    ((b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"PK\x05\x06", b"BZh", b"\xfd7zXZ"), Trouble.ARCHIVE),
    ((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF"), Trouble.PICTURE),
)
_MARKUP: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|meta|body|table|style|div|\?xml)", re.IGNORECASE
)
_XML_SHEET: Final = b"urn:schemas-microsoft-com:office:spreadsheet"


class Kind(StrEnum):
    TEXT = "text"
    WORKBOOK = "workbook"
    WEB_PAGE = "web_page"


def kind_of(raw: IO[bytes]) -> Kind | Trouble:
    """What the bytes are; or why they are no table that can be read."""
    raw.seek(0)
    head = raw.read(_HEAD_BYTES)
    if head.startswith(_ZIP):
        return _zipped(raw)
    if head.startswith(_OLE):
        return _compound(raw)
    for marks, trouble in _OTHERS:
        if head.startswith(marks):
            return trouble
    page = head.replace(b"\0", b"").removeprefix(b"\xff\xfe")
    if not _MARKUP.match(page):
        return Kind.TEXT
    return Trouble.XML_SHEET if _XML_SHEET in page and b"<html" not in page.lower() else Kind.WEB_PAGE


def _zipped(raw: IO[bytes]) -> Kind | Trouble:
    """A workbook, by the names in the archive; a broken archive is one that can't be read."""
    raw.seek(0)
    try:
        with zipfile.ZipFile(raw) as archive:
            names = [name.replace("\\", "/").lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return Trouble.NOT_A_WORKBOOK
    if any(name.startswith("xl/") or name == "content.xml" for name in names):
        return Kind.WORKBOOK
    if any(name.startswith("index/") or name.endswith((".iwa", "index.zip")) for name in names):
        return Trouble.NUMBERS
    return Trouble.NOT_A_WORKBOOK if "[content_types].xml" in names else Trouble.ARCHIVE


def _compound(raw: IO[bytes]) -> Kind | Trouble:
    """An old workbook, or a new one behind a password, by the names of the streams."""
    found, tail = set[str](), b""
    raw.seek(0)
    while chunk := raw.read(_CHUNK_BYTES):
        found |= {name for name, written in _STREAMS.items() if written in tail + chunk}
        tail = chunk[-_HEAD_BYTES:]
    if "EncryptedPackage" in found:
        return Trouble.ENCRYPTED
    return Kind.WORKBOOK if found else Trouble.NOT_A_WORKBOOK
