"""An address as a picture that a phone reads."""

from io import BytesIO


def qr_code(address: str) -> str:
    """SVG for the page itself. With a white ground: phones read no dark code on a dark page."""
    import qrcode  # here: few pages show one
    from qrcode.image.svg import SvgPathFillImage

    picture = BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage).save(picture)
    svg = picture.getvalue().decode()
    return svg[svg.index("<svg") :]  # without the XML declaration, which stands in no HTML
