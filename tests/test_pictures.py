"""Pictures come out smaller, upright and without what the camera wrote; what is no picture is refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from planlib.errors import StoreError
from planlib.model.register import MediaType
from planlib.store.pictures import clean_picture

_ORIENTATION, _MAKER, _GPS = 0x0112, 0x010F, 0x8825


def _photo(size: tuple[int, int] = (400, 200), *, form: str = "JPEG", exif: dict[int, object] | None = None) -> bytes:
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    data = Image.Exif()
    for tag, value in (exif or {}).items():
        data[tag] = value
    picture.save(out, form, exif=data)
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    media_type, data = clean_picture(content)
    assert media_type is MediaType.JPEG
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_every_kind_becomes_a_jpeg(form: str) -> None:
    made = _opened(_photo(form=form))
    assert made.format == "JPEG"
    assert made.size == (400, 200)


def test_what_the_camera_wrote_is_gone() -> None:
    content = _photo(exif={_MAKER: "Geheime Camera", _GPS: {1: "N", 2: (52.0, 53.0, 20.0)}})
    assert b"Geheime Camera" in content
    made = _opened(content)
    assert not made.getexif()
    assert b"Geheime" not in clean_picture(content)[1]


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    made = _opened(_photo(exif={_ORIENTATION: 6}))
    assert made.size == (200, 400)
    assert made.getpixel((100, 50)) == pytest.approx((0, 0, 0), abs=12)


def test_a_large_picture_is_made_smaller_in_proportion() -> None:
    assert _opened(_photo((4_000, 1_000))).size == (1_600, 400)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\x00" * 40,
        _photo()[:200],
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(StoreError, match="not a picture that can be read"):
        clean_picture(content)


def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(StoreError, match=r"too many pixels|not a picture"):
        clean_picture(bomb)
