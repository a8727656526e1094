"""The plain words of our own pages: easy enough for somebody in distress, and true to the settings."""

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.config.reading import length, lix, longest_sentence, sentences, text_of

pytestmark = pytest.mark.django_db

YOUTH = ["/", "/privatliv/", "/tilgaengelighed/"]
SAFETY = ["/underretning/", "/hvem-kan-se-mig/", "/findes-ikke/"]


def words(client: Client, path: str) -> str:
    return text_of(client.get(path).content.decode())


def test_lix_is_counted_as_its_inventor_counted_it() -> None:
    text = "Du bestemmer selv. Ingen spørger, hvem du er."
    # Eight words in two sentences; "bestemmer" and "spørger" are long.
    assert lix(text) == pytest.approx(8 / 2 + 100 * 2 / 8)


def test_a_heading_is_a_sentence_of_its_own() -> None:
    assert sentences(text_of("<main><h2>Det virker</h2><p>Alt er her. Se selv</p></main>")) == [
        "Det virker",
        "Alt er her",
        "Se selv",
    ]


@pytest.mark.parametrize("path, most", [(path, 30) for path in YOUTH] + [(path, 25) for path in SAFETY])
def test_a_page_is_easy_to_read(client: Client, path: str, most: int) -> None:
    response: HttpResponse = client.get(path)
    assert 'lang="da"' in response.content.decode()
    text = words(client, path)
    assert lix(text) <= most
    assert length(longest_sentence(text)) <= 28, longest_sentence(text)


def test_who_sees_me_has_at_most_six_questions_of_three_sentences(client: Client) -> None:
    page = client.get("/hvem-kan-se-mig/").content.decode()
    parts = page[page.index("<h2>") : page.index("</article>")].split("<h2>")[1:]
    questions = [part for part in parts if "?</h2>" in part]
    assert 1 <= len(questions) <= 6
    for part in questions:
        answer = part.split("</h2>")[1].split("<a ")[0]
        assert len(sentences(text_of(f"<main>{answer}</main>"))) <= 3, answer


@pytest.mark.parametrize("hours", [1, 24, 36, 48])
@pytest.mark.parametrize("path", ["/", "/privatliv/", "/hvem-kan-se-mig/"])
def test_the_hours_until_erasure_come_from_the_setting(
    client: Client, settings: Settings, path: str, hours: int
) -> None:
    settings.RETENTION_HOURS = hours
    said = "1 time efter" if hours == 1 else f"{hours} timer efter"
    text = words(client, path)
    assert said in text
    assert [other for other in (24, 48) if other != hours and f"{other} timer efter" in text] == []


def test_the_minutes_of_the_exit_mark_are_those_of_its_cookie(client: Client) -> None:
    seconds = client.get("/ud/videre/").cookies["ude"]["max-age"]
    client.cookies.clear()
    assert f"{seconds // 60} minutter" in words(client, "/privatliv/")


def test_the_page_says_plainly_that_the_phones_history_stays(client: Client) -> None:
    assert "historikken på din telefon bliver ikke slettet" in words(client, "/hvem-kan-se-mig/")
    assert "Historikken på din telefon viser, at du har været her" in words(client, "/privatliv/")


def test_the_databases_own_log_is_named_where_there_is_one(client: Client, settings: Settings) -> None:
    settings.ON_SQLITE = True
    assert "database" not in words(client, "/privatliv/")
    settings.ON_SQLITE = False
    assert "Vores database har en log" in words(client, "/privatliv/")


def test_whoever_runs_the_site_is_named(client: Client) -> None:
    from accounts.models import Organization

    for name in ("Bøgelund Kommune", "Ungelinjen", "Åens Ungdomshus"):
        Organization.objects.create(name=name, slug=name.split()[0].lower(), kind="association")
    assert "Samrum bliver drevet af Bøgelund Kommune, Ungelinjen og Åens Ungdomshus." in words(client, "/privatliv/")
