import pytest
from django.core.exceptions import ValidationError

from referrals import links


@pytest.mark.parametrize(
    "kind,typed,kept,href",
    [
        ("phone", "70 20 12 01", "70201201", "tel:+4570201201"),
        ("phone", "+45 70201201", "70201201", "tel:+4570201201"),
        ("phone", "0045 7020-1201", "70201201", "tel:+4570201201"),
        ("phone", "116 111", "116111", "tel:116111"),
        ("phone", "112", "112", "tel:112"),
        ("phone", "+46 8 123 456 78", "+46812345678", "tel:+46812345678"),
        ("sms", "1212", "1212", "sms:1212"),
        ("sms", "20304050", "20304050", "sms:+4520304050"),
        ("chat", "https://livslinien.dk/chat?a=1#b", "https://livslinien.dk/chat?a=1#b", None),
        ("web", "Mindhelper.DK", "https://mindhelper.dk", "https://mindhelper.dk"),
        ("web", "HTTPS://Www.Headspace.dk/Chat", "https://www.headspace.dk/Chat", None),
        ("mail", "hej@livet.dk", "hej@livet.dk", "mailto:hej@livet.dk"),
    ],
)
def test_a_way_in_becomes_a_link_that_works(kind: str, typed: str, kept: str, href: str | None) -> None:
    assert links.clean_value(kind, typed) == kept
    assert links.href(kind, kept) == (href or kept)


@pytest.mark.parametrize(
    "kind,typed",
    [
        ("web", "javascript:alert(1)"),
        ("web", "JaVaScRiPt://livslinien.dk/%0aalert(1)"),
        ("web", "data:text/html,x"),
        ("web", "http://livslinien.dk"),
        ("web", "https://livslinien.dk@evil.example"),
        ("web", "https://livslinien.dk:8443"),
        ("web", "https://user:pw@livslinien.dk/"),
        ("web", "//livslinien.dk"),
        ("web", "https://127.0.0.1/"),
        ("web", "https://[::1]/"),
        ("web", "https://localhost/"),
        ("web", "https://livslinien.dk\\@evil.example"),
        ("web", "https://livslinien.dk/ x"),
        ("web", "https://livslinien.dk/\nx"),
        ("web", 'https://livslinien.dk/"onclick="'),
        ("web", "https://lіvslinien.dk"),  # a Cyrillic i
        ("chat", ""),
        ("phone", "90 12 34 56"),
        ("phone", "12"),
        ("phone", "702012011"),
        ("phone", "tel:112"),
        ("phone", "112,,1"),
        ("phone", "*21*20304050#"),
        ("phone", "+45 112"),
        ("phone", "٧٠٢٠١٢٠١"),
        ("sms", "20304050?body=x"),
        ("mail", "hej@livet.dk?cc=x@y.dk"),
        ("mail", "hej@livet.dk\nbcc:x@y.dk"),
        ("visit", ""),
        ("visit", "Gade 1\nBy"),
    ],
)
def test_what_is_not_safe_is_refused_and_never_linked(kind: str, typed: str) -> None:
    with pytest.raises(ValidationError):
        links.clean_value(kind, typed)
    assert links.href(kind, typed) is None


def test_a_place_and_the_number_of_nobody_have_no_link() -> None:
    assert links.href("visit", "Gade 1, By") is None
    assert links.href("phone", links.clean_value("phone", links.NO_NUMBER)) is None
    assert links.href("sms", links.NO_NUMBER) is None


@pytest.mark.parametrize(
    "kind,value,shown",
    [
        ("phone", "70201201", "70 20 12 01"),
        ("phone", "116111", "116 111"),
        ("phone", "1888", "1888"),
        ("sms", "+46812345678", "+46812345678"),
        ("chat", "https://www.livslinien.dk/chat", "livslinien.dk"),
        ("web", "https://mindhelper.dk", "mindhelper.dk"),
        ("mail", "hej@livet.dk", "hej@livet.dk"),
        ("visit", "Gade 1, By", "Gade 1, By"),
    ],
)
def test_a_label_always_shows_where_the_link_leads(kind: str, value: str, shown: str) -> None:
    assert links.label(kind, value).endswith(shown)
