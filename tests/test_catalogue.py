"""Every word a person meets can be translated, and is: Danish first."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from deploy import messages
from tests import templates

DANISH = messages.LOCALE / "da" / "LC_MESSAGES" / "django.po"
# A name is the same in every language, and a language is called what its speakers call it.
NAMES = {"Samrum", "Dansk", "English", "Esc"}
KEY_OR_SECONDS = re.compile(r"[A-Z?/]|\d+ (?:s|min)")  # a key of the keyboard, and a short time
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")
# What Django shows to people when it is given by these names.
SPOKEN_ARGUMENTS = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label", "message"}
SPOKEN_CALLS = {"ValidationError", "success", "warning", "info", "error"}


def key(message: Message) -> tuple[str, object]:
    return message.context or "", message.id


def forms(value: object) -> list[str]:
    """The one string of a message, or its singular and plural."""
    return [str(part or "") for part in (value if isinstance(value, list | tuple) else [value])]


@pytest.fixture(scope="module")
def danish() -> Catalog:
    return messages.read(DANISH)


def test_every_marked_string_is_in_the_danish_catalogue_and_nothing_else(danish: Catalog) -> None:
    marked = {key(message) for message in messages.collect() if message.id}
    kept = {key(message) for message in danish if message.id}
    assert sorted(map(str, marked - kept)) == [], "Run `make messages` and translate what is new."
    assert sorted(map(str, kept - marked)) == [], "Run `make messages`: these are no longer used."


def test_every_string_has_a_danish_translation(danish: Catalog) -> None:
    assert [message.id for message in danish if message.id and not all(map(str.strip, forms(message.string)))] == []


def test_no_translation_is_a_guess(danish: Catalog) -> None:
    assert [message.id for message in danish if message.id and message.fuzzy] == []


def test_a_translation_fills_the_same_gaps_as_its_source(danish: Catalog) -> None:
    wrong = []
    for message in danish:
        wanted = [set(PLACEHOLDER.findall(text)) for text in forms(message.id)]
        given = [set(PLACEHOLDER.findall(text)) for text in forms(message.string)]
        # A plural form may leave its number out: "one message".
        if any(gaps - set().union(*wanted) for gaps in given) or (len(wanted) == 1 and given != wanted):
            wrong.append(message.id)
    assert wrong == []


def test_no_template_holds_words_that_cannot_be_translated() -> None:
    words = [(*place, place[2].strip("· ")) for place in templates.places("words")]
    assert [place for place in words if place[-1] not in NAMES and not KEY_OR_SECONDS.fullmatch(place[-1])] == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hej</p>",
        "<p>{{ name }}s side</p>",
        '<img src="x" alt="Et ansigt">',
        '<input type="submit" value="Send">',
        '{% if a %}<button aria-label="Luk">×</button>{% endif %}',
        "{% blocktranslate trimmed %}a{% endblocktranslate %} og mere",
    ],
)
def test_untranslatable_words_are_found(source: str) -> None:
    assert templates.read(source).words


@pytest.mark.parametrize(
    "source",
    [
        '<p class="lead">{% translate "Hi" %} 112</p>',
        '<p title="{% translate "Hi" %}">{# a remark #}{% comment %}another{% endcomment %}</p>',
        '{% blocktranslate trimmed %}Hi <a href="x">you</a>{% endblocktranslate %}',
        '<script type="module" src="a.js"></script><!-- a remark -->&nbsp;·',
    ],
)
def test_translatable_words_pass(source: str) -> None:
    assert templates.read(source).words == []


def spoken_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Literal words handed to people by code: labels, help texts, messages, errors."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of_messages = (
            isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in {"messages", "forms"}
        ) or called == "ValidationError"
        values = [keyword.value for keyword in node.keywords if keyword.arg in SPOKEN_ARGUMENTS]
        if called in SPOKEN_CALLS and of_messages:
            values += node.args
        for value in values:
            parts = value.values if isinstance(value, ast.JoinedStr) else [value]
            for part in parts:
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and templates.LETTER.search(part.value)
                ):
                    yield node.lineno, part.value


def test_no_code_hands_people_words_that_cannot_be_translated() -> None:
    found = []
    for file in messages.source_files():
        # Commands speak to the operator, in English, on the command line.
        if file.suffix == ".py" and "management" not in file.parts:
            literals = spoken_literals(ast.parse(file.read_text(encoding="utf-8")))
            found += [(file.relative_to(settings.BASE_DIR).as_posix(), *literal) for literal in literals]
    assert found == []


SHOWN_BY_SCRIPT = re.compile(
    r"""(?:textContent|innerText|innerHTML|placeholder|title|ariaLabel)\s*=\s*(?:["'][^"']*|`[^`$]*)[A-Za-zÆØÅæøå]"""
    r"""|setAttribute\(\s*["'](?:aria-label|title|placeholder|alt)["']\s*,\s*(?:["'][^"']*|`[^`$]*)[A-Za-zÆØÅæøå]"""
    r"""|\b(?:alert|confirm|prompt)\("""
)


def test_no_script_holds_words_of_its_own() -> None:
    found = []
    for file in sorted(Path(settings.BASE_DIR / "static" / "js").rglob("*.js")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if SHOWN_BY_SCRIPT.search(line) and not line.lstrip().startswith(("//", "*")):
                found.append((file.name, number, line.strip()))
    assert found == []
