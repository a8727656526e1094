"""T19: what is shown of a counsellor's picture is its pixels, and nothing else of the file."""

import io
import zipfile
from base64 import b64decode
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from accounts import faces

SECRET = b"55.6761N-12.5683E"


def picture(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Noise over a colour, as busy as a photo gets."""
    noise = Image.effect_noise(size, 60).convert(mode)
    return Image.blend(noise, Image.new(mode, size, "orange" if mode.startswith("RGB") else 0), 0.4)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    return saved(picture(), "JPEG", exif=exif.tobytes())


def with_xmp() -> bytes:
    return saved(picture(), "JPEG", xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>", comment=SECRET)


def with_profile() -> bytes:
    return saved(picture(), "JPEG", icc_profile=b"\0" * 128 + SECRET)


def with_png_text() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", SECRET.decode())
    info.add_itxt("Location", SECRET.decode())
    return saved(picture(mode="RGBA"), "PNG", pnginfo=info)


def with_gif_comment() -> bytes:
    frames = [picture().convert("P") for _ in range(3)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=SECRET)


def with_webp_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    return saved(picture(), "WEBP", exif=exif.tobytes())


def with_a_zip_behind() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("notes.txt", SECRET)
    return saved(picture(), "JPEG") + archive.getvalue()


def with_a_page_behind() -> bytes:
    return saved(picture(), "PNG") + b"<script>" + SECRET + b"</script>"


CARRIERS = [with_exif, with_xmp, with_profile, with_png_text, with_gif_comment, with_webp_exif]
CARRIERS += [with_a_zip_behind, with_a_page_behind]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_t19_nothing_but_pixels_is_kept(carrier: Callable[[], bytes]) -> None:
    upload = carrier()
    assert SECRET in upload
    kept = faces.encode_picture(io.BytesIO(upload))
    assert SECRET not in kept
    shown = Image.open(io.BytesIO(kept))
    assert (shown.format, shown.size, shown.info.get("exif"), shown.info.get("icc_profile")) == (
        "WEBP",
        (192, 192),
        None,
        None,
    )
    assert len(kept) <= 8 * 1024


def test_the_busiest_picture_stays_within_eight_kilobytes() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((800, 800), 200) for _ in range(3)])
    assert len(faces.encode_picture(io.BytesIO(saved(noise, "PNG")))) <= 8 * 1024


def test_a_picture_taken_sideways_is_shown_upright() -> None:
    half = Image.new("RGB", (400, 400), "black")
    half.paste("white", (0, 0, 400, 200))  # white is up
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn right by 90°
    kept = Image.open(io.BytesIO(faces.encode_picture(io.BytesIO(saved(half, "JPEG", exif=exif.tobytes())))))
    assert kept.convert("L").getpixel((180, 96)) > 200
    assert kept.convert("L").getpixel((12, 96)) < 50


def test_what_is_see_through_is_shown_on_white() -> None:
    kept = Image.open(io.BytesIO(faces.encode_picture(io.BytesIO(saved(Image.new("RGBA", (50, 50)), "PNG")))))
    assert min(kept.convert("RGB").getpixel((96, 96))) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_way_to_hold_pixels_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert faces.encode_picture(io.BytesIO(saved(Image.new(mode, (30, 90)), kind)))


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it is 20,000 by 20,000."""
    small = bytearray(saved(Image.new("L", (1, 1)), "PNG"))
    import struct
    import zlib

    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    small[12:29] = header
    small[29:33] = struct.pack(">I", zlib.crc32(header))
    return bytes(small)


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 40,
        saved(picture(), "JPEG")[:200],
        saved(picture(), "PNG")[:-3000],
        saved(picture((40, 40)), "TIFF"),
        saved(picture((40, 40)), "BMP"),
        bomb(),
        b"\xff" * (faces.MAX_UPLOAD_BYTES + 1),
    ],
    ids=["nothing", "words", "svg", "broken gif", "cut jpeg", "cut png", "tiff", "bmp", "bomb", "huge"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(upload: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        faces.encode_picture(io.BytesIO(upload))
    assert refused.value.messages[0]


# Drawn faces ----------------------------------------------------------------------------------------------------


def drawing(name: str, seed: str = "1") -> str:
    head, data = faces.drawn_face(name=name, seed=seed).split(",")
    assert head == "data:image/svg+xml;base64"
    return b64decode(data).decode()


@pytest.mark.parametrize(
    "name,letters",
    [("Sofie", "S"), ("Sofie Holm", "SH"), ("Anne Marie af Ås", "AÅ"), ("åse", "Å"), ("", ""), ("- Bo", "B")],
)
def test_a_face_without_a_picture_shows_initials(name: str, letters: str) -> None:
    assert faces.initials(name) == letters
    assert f">{letters}</text>" in drawing(name)


def test_a_drawn_face_stays_the_same_and_holds_no_markup_of_a_name() -> None:
    assert drawing("Sofie") == drawing("Sofie")
    assert len({drawing("Sofie", str(seed)) for seed in range(200)}) == len(faces.COLOURS) * len(faces.SHAPES)
    assert "<b>" not in drawing("<b>")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", faces.COLOURS)
def test_white_initials_are_easy_to_read_on_every_colour(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 7
