"""Methods for photos, documents and files."""

import mimetypes
from io import BytesIO

from bot.sandbox.formatting import caption
from bot.sandbox.message_methods import sent
from bot.sandbox.state import StoredFile, World
from bot.sandbox.wire import Json, Params, Upload, bad

PHOTO_BYTES = 10 * 1024 * 1024
DOCUMENT_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024


def send_photo(world: World, params: Params) -> Json:
    """sendPhoto."""
    chat = world.open_chat(params.get("chat_id"))
    kept = _incoming(world, params, "photo", "photos", PHOTO_BYTES)
    return sent(world, chat, params, {"photo": photo_sizes(kept), **_captioned(params)})


def send_document(world: World, params: Params) -> Json:
    """sendDocument."""
    chat = world.open_chat(params.get("chat_id"))
    kept = _incoming(world, params, "document", "documents", DOCUMENT_BYTES)
    return sent(world, chat, params, {"document": document(kept), **_captioned(params)})


def get_file(world: World, params: Params) -> Json:
    """getFile."""
    kept = world.files.get(str(params.get("file_id", "")))
    if kept is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(kept.content) > DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {**kept.described(), "file_path": kept.path}


def photo_sizes(kept: StoredFile) -> list[Json]:
    """The sizes of a photo, here always a single size. Raises Refusal for bytes other than a picture."""
    width, height = _size(kept.content)
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return [{**kept.described(), "width": width, "height": height}]


def document(kept: StoredFile) -> Json:
    """The Document object."""
    return {**kept.described(), "file_name": kept.name, "mime_type": kept.mime_type}


def mime_type(name: str) -> str:
    """The MIME type by the name's suffix."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _captioned(params: Params) -> Json:
    text, entities = caption(params)
    found: Json = {"caption": text} if text else {}
    return {**found, "caption_entities": entities} if entities else found


def _incoming(world: World, params: Params, key: str, folder: str, most: int) -> StoredFile:
    given = params.get(key)
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given in world.files:
        return world.files[given]
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    if not isinstance(given, Upload):
        raise bad(f"there is no {key} in the request" if not given else "wrong remote file identifier specified")
    if not given.content:
        raise bad("file must be non-empty")
    if len(given.content) > most:
        raise bad(f"file of size {len(given.content)} bytes is too big for a {key}; the maximum size is {most} bytes")
    return world.store(folder, given.name, given.content, mime_type(given.name))


def _size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises Refusal when the bytes are neither PNG nor JPEG."""
    from PIL import Image  # noqa: PLC0415  (takes 0.1 s to load)

    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None
