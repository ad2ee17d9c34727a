"""Pictures that people give: made anew, smaller, and without what a camera writes in them, such as its place."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from planlib.errors import StoreError
from planlib.model.register import MediaType

#: What is read; anything else is refused before it is decoded.
_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_BYTES = 20_000_000
#: Pixels at most before it is made smaller: a picture may not fill the memory of the server.
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 1_600


def clean_picture(content: bytes) -> tuple[MediaType, bytes]:
    """Return a picture as a JPEG of at most 1,600 pixels on its longest side, with no metadata.

    Raises
    ------
    StoreError
        It is no JPEG, PNG or WebP picture, or it is too large.
    """
    if len(content) > _MOST_BYTES:
        raise StoreError("The picture is larger than {most} MB; make it smaller first.", most=_MOST_BYTES // 1_000_000)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                raise StoreError("The picture has too many pixels; make it smaller first.")
            # A phone writes in the metadata which side is up; without them the picture itself must be turned.
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise StoreError("This is not a picture that can be read; give a JPEG, PNG or WebP.") from problem
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    # Drawn on an empty sheet: nothing of what the file carried beside its pixels comes along.
    sheet = Image.new("RGB", upright.size)
    sheet.paste(upright)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85, optimize=True)
    return MediaType.JPEG, out.getvalue()
