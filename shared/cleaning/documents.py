"""PDF documents: their pages taken over into a new document. Runs in a process of its own.

Of a page only what shows it comes along. Forms are printed onto the page, as they look; links, notes and attachments
go. What stays is then searched for metadata, also that of photographs within.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from shared.cleaning.jpeg import without_metadata
from shared.cleaning.refused import FileRefused

PAGE = frozenset(
    {
        "/Type",
        "/Parent",
        "/MediaBox",
        "/CropBox",
        "/BleedBox",
        "/TrimBox",
        "/ArtBox",
        "/Rotate",
        "/UserUnit",
        "/Resources",
        "/Contents",
        "/Group",
    }
)
"""What a page may say (ISO 32000-1, 7.7.3.3)."""
TELLING = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AF",
    "/EF",
    "/AA",
    "/OpenAction",
    "/JS",
    "/OPI",
    "/Ref",
    "/Names",
)
"""What a typed object or a stream must not say: metadata, files, scripts, what lies elsewhere."""
DEPTH = 50


def made_anew(data: bytes, pages: int) -> bytes:
    """The document of at most so many pages. Raises FileRefused."""
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as document, pikepdf.new() as new:
            if document.is_encrypted:
                raise FileRefused("pdf-encrypted")
            if len(document.pages) > pages:
                raise FileRefused("pdf-pages")
            if not document.pages:
                raise FileRefused("file-damaged")
            document.generate_appearance_streams()
            document.flatten_annotations("all")
            new.pages.extend(document.pages)
            _strip(new)
            made = BytesIO()
            new.save(made, deterministic_id=True)
            return made.getvalue()
    except pikepdf.PasswordError:
        raise FileRefused("pdf-encrypted") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, RecursionError):
        raise FileRefused("file-damaged") from None


def _strip(new: pikepdf.Pdf) -> None:
    for page in new.pages:
        for key in [key for key in page.obj.keys() if key not in PAGE]:  # noqa: SIM118  no mapping of Python's
            del page.obj[key]
    for each in new.objects:
        for part in _parts(each, 0):
            if isinstance(part, pikepdf.Stream) or "/Type" in part:
                for key in TELLING:
                    if key in part:
                        del part[key]
            if isinstance(part, pikepdf.Stream) and part.get("/Filter") == "/DCTDecode":
                _strip_photograph(part)


def _parts(thing: Any, depth: int) -> Iterator[Any]:
    """The dictionaries and streams within an object, itself the first; what it refers to comes by itself."""
    if depth > DEPTH:
        raise FileRefused("file-damaged")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield thing
        inner = [thing[key] for key in thing.keys()]  # noqa: SIM118  no mapping of Python's
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return
    for each in inner:
        if isinstance(each, pikepdf.Object) and not each.is_indirect:
            yield from _parts(each, depth + 1)


def _strip_photograph(stream: Any) -> None:
    stream.write(
        without_metadata(stream.read_raw_bytes()),
        filter=pikepdf.Name.DCTDecode,
        decode_parms=stream.get("/DecodeParms"),
    )
