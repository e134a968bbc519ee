"""Pictures decoded and encoded again: only the pixels come through. Runs in a process of its own."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.cleaning.refused import FileRefused

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
QUALITY = 90
Image.preinit()  # the decoders are loaded before the process may open no more files


def made_anew(data: bytes, media_type: str, pixels: int) -> bytes:
    """The picture of at most so many pixels, upright, in the same format. Raises FileRefused."""
    format_ = FORMATS[media_type]
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    try:
        with Image.open(BytesIO(data), formats=[format_]) as opened:
            width, height = opened.size
            if width * height > pixels:
                raise FileRefused("picture-pixels")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            return _encoded(_plain(upright, format_), format_)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, zlib.error, EOFError):
        raise FileRefused("file-damaged") from None


def _plain(picture: Image.Image, format_: str) -> Image.Image:
    """Its pixels in a picture that knows nothing else."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = format_ == "PNG" and picture.has_transparency_data
    mode = "RGBA" if see_through else "L" if picture.mode in {"1", "L", "LA"} else "RGB"
    same = picture if picture.mode == mode else picture.convert(mode)
    plain = Image.new(mode, same.size)
    plain.paste(same)
    return plain


def _encoded(picture: Image.Image, format_: str) -> bytes:
    made = BytesIO()
    if format_ == "JPEG":
        picture.save(made, format_, quality=QUALITY, optimize=True)
    else:
        picture.save(made, format_)
    return made.getvalue()
