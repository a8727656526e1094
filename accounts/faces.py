"""Faces of counsellors: pictures re-encoded from their pixels, and drawn ones for those who want no picture."""

import base64
import hashlib
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from accounts.models import Profile

SIDE = 192  # pixels; shown at 96, so that it is sharp on a phone
MAX_BYTES = 8 * 1024
MAX_UPLOAD_BYTES = 12_000_000
MAX_PIXELS = 50_000_000
READ_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# White on each of these is at least 7:1.
COLOURS = (
    "#0b5345",
    "#1a4f7a",
    "#5b2c6f",
    "#14506b",
    "#5d4100",
    "#1b4d1b",
    "#374151",
    "#7a1f5c",
)
SHAPES = (
    '<circle cx="48" cy="48" r="48" fill="{0}"/>',
    '<rect width="96" height="96" rx="24" fill="{0}"/>',
    '<path d="M48 0 94 27v46L48 96 2 73V27z" fill="{0}"/>',
    '<path d="M24 0h48l24 24v48L72 96H24L0 72V24z" fill="{0}"/>',
)


def encode_picture(upload: BinaryIO, *, size: tuple[int, int] = (SIDE, SIDE), most: int = MAX_BYTES) -> bytes:
    """The middle of an uploaded picture as WebP of at most `most` bytes; nothing but its pixels is taken over.

    Raises ValidationError when it is no picture, or one too large to open safely.
    """
    pixels = _middle(upload, size)
    for quality in (82, 70, 58, 46, 34, 22, 10, 1):
        encoded = BytesIO()
        pixels.save(encoded, "WEBP", quality=quality, method=6)
        if encoded.tell() <= most:
            return encoded.getvalue()
    # Pure noise does not fit at any quality; half the detail always does.
    small = pixels.resize((size[0] // 4, size[1] // 4)).resize(size)
    encoded = BytesIO()
    small.save(encoded, "WEBP", quality=1, method=6)
    return encoded.getvalue()


def _middle(upload: BinaryIO, size: tuple[int, int]) -> Image.Image:
    upload.seek(0, 2)
    if upload.tell() > MAX_UPLOAD_BYTES:
        raise ValidationError(_("The picture is too big. 12 MB is the most."), code="too_big")
    upload.seek(0)
    try:
        with Image.open(upload, formats=READ_FORMATS) as picture:
            # Before a pixel is read: a small file can unfold to gigabytes.
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(
                    _("The picture has too many pixels. Try a smaller copy."),
                    code="too_big",
                )
            picture.draft("RGB", (size[0] * 2, size[1] * 2))
            upright = ImageOps.exif_transpose(picture)
            pixels = ImageOps.fit(_on_white(upright), size, Image.Resampling.LANCZOS)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
    ) as error:
        raise ValidationError(
            _("We could not read that as a picture. Try a JPEG, PNG or WebP file."),
            code="no_picture",
        ) from error
    clean = Image.new("RGB", pixels.size)
    clean.paste(pixels)
    return clean


def _on_white(picture: Image.Image) -> Image.Image:
    layered = picture.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def initials(name: str) -> str:
    """The first letters of the first and the last word: "Sofie Holm" gives "SH"."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


def drawn_face(*, name: str, seed: str) -> str:
    """An image as a data address: the initials on a shape and colour that stay the same for the same seed."""
    digest = hashlib.sha256(seed.encode()).digest()
    shape = SHAPES[digest[1] % len(SHAPES)].format(COLOURS[digest[0] % len(COLOURS)])
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
        f'{shape}<text x="48" y="48" dy=".36em" fill="#fff" font-family="system-ui,sans-serif" font-size="38" '
        f'font-weight="600" text-anchor="middle">{escape(initials(name))}</text></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def face_url(*, profile: "Profile") -> str:
    """What an img shows for this counsellor: their picture, or a drawn face."""
    if profile.picture:
        return profile.picture.url
    return drawn_face(name=profile.working_name, seed=f"face {profile.user_id}")
