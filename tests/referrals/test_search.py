"""Search in Danish, on both engines: what is found, and what never is (T30)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from referrals import search
from referrals.models import Document, Service
from referrals.services import load_demo_services

pytestmark = [pytest.mark.both_engines, pytest.mark.django_db]
NOW = timezone.now()


def put(key: str, title: str, body: str = "", **fields: str) -> None:
    search.put("post", key, **{"title": title, "body": body, "url": f"/{key}/", "at": NOW, **fields})  # type: ignore[arg-type]


def found(words: str) -> list[str]:
    return [hit.key for hit in search.find(words)]


@pytest.mark.parametrize(
    "written,asked",
    [
        ("Jeg er så ensom", "ensomhed"),
        ("Ensomheden er værst om aftenen", "ensomme"),
        ("De løber fra mig", "løb"),
        ("Min veninde svarer ikke", "veninder"),
        ("Om natten drømmer jeg", "drømme"),
        ("Min søsters kæreste", "søster"),
        ("Blå mærker på ÅRHUS station", "århus"),
    ],
)
def test_another_form_of_the_word_finds_it(written: str, asked: str) -> None:
    put("a", written)
    put("b", "Noget helt andet")
    assert found(asked) == ["a"]


def test_what_holds_all_the_words_is_found_alone() -> None:
    put("both", "Mobning i skolen")
    put("one", "Skolen er kedelig")
    assert found("mobning skole") == ["both"]


def test_when_nothing_holds_them_all_some_of_them_are_enough() -> None:
    put("one", "Skolen er kedelig")
    assert found("skole giraf") == ["one"]


def test_small_words_are_left_out_of_a_question() -> None:
    put("a", "Ensom", "Ingen ringer")
    assert found("hvorfor er jeg altid så ensom") == ["a"]


@pytest.mark.parametrize("asked", ["jeg er", "hos", "hvem er du", "så lidt"])
def test_small_words_alone_find_nothing(asked: str) -> None:
    put("a", "Hvem er du, og hvad er jeg så hos dig", "Jeg er så lidt")
    assert found(asked) == []


def test_small_words_do_not_use_up_the_words_of_a_question() -> None:
    put("a", "Kaniner")
    put("b", "Heste")
    asked = f"jeg er så ked af det for i dag er min hest her ikke og jeg vil {'kanin ' * 20} giraf"
    assert search.words_asked_for(asked) == ["ked", "dag", "hest", "kanin", "giraf"]
    assert set(found(asked)) == {"a", "b"}


def test_no_more_than_twelve_words_are_searched_for() -> None:
    put("a", "Kaniner")
    assert found(" ".join([f"ord{number}" for number in range(12)] + ["kaniner"])) == []


@pytest.mark.parametrize(
    "asked",
    ["", "   ", '"', "'", "a OR b", "NEAR(", "*", "-ensom", "ensom:*", "stems:x", "& | !", "\x00", "😀", "x" * 5000],
)
def test_no_question_breaks_the_search(asked: str) -> None:
    put("a", "Noget om heste")
    assert found(asked) == []


def test_what_is_dropped_or_replaced_is_found_no_more() -> None:
    put("a", "Kaniner")
    put("a", "Hamstere")
    assert (found("kaniner"), found("hamstere")) == ([], ["a"])
    search.drop("post", "a")
    search.tidy(now=NOW)
    assert (found("hamstere"), Document.objects.count()) == ([], 0)


def test_a_thread_goes_with_all_its_documents() -> None:
    put("a", "Kaniner", group="g")
    put("b", "", "Kaniner er søde", group="g")
    put("c", "Kaniner", group="other")
    search.drop_group("post", "g")
    assert found("kaniner") == ["c"]


def test_an_answer_is_shown_with_the_title_its_thread_has_now() -> None:
    put("a", "Den nye titel", group="g")
    put("b", "", "Kaniner er søde", group="g")
    assert [(hit.key, hit.title) for hit in search.find("kaniner")] == [("b", "Den nye titel")]


def test_the_words_around_the_first_find_are_shown() -> None:
    put("a", "Titel", "Begyndelsen. " * 40 + "Her er min hamster. " + "Slutningen. " * 40)
    (hit,) = search.find("hamster")
    assert "hamster" in hit.excerpt
    assert (hit.excerpt[0], hit.excerpt[-1], len(hit.excerpt) < 200) == ("…", "…", True)


def test_a_rebuilt_index_finds_the_same() -> None:
    load_demo_services()
    put("stale", "Noget der ikke findes mere")
    before = found("snak")
    search.rebuild()
    assert (found("snak"), found("noget der ikke findes mere")) == (before, [])


def test_many_posts_crowd_out_neither_answers_nor_places_that_help() -> None:
    load_demo_services()
    service = Service.objects.shown().first()
    assert service is not None
    for number in range(31):
        put(f"p{number}", service.name, service.name, group=f"g{number}")
    search.put("answer", "b", title="Et svar", body=f"Ring til {service.name}", url="/b/", at=NOW)
    kinds = [hit.kind for hit in search.find(service.name)]
    assert (kinds.count("post"), kinds.count("answer")) == (15, 1)
    assert kinds.count("service") >= 1
    assert len(search.find(service.name, limit=5)) == 5


def test_a_post_with_a_warning_is_found_by_its_words_and_not_by_its_warning() -> None:
    put("a", "En dårlig dag", "Om hamstere", warning="selvskade", group="g")
    put("b", "", "Hamstere er søde", group="g")
    assert found("selvskade") == []
    hits = {hit.key: (hit.title_warning, hit.warning) for hit in search.find("hamster")}
    assert hits == {"a": ("selvskade", "selvskade"), "b": ("selvskade", "")}


# Services -----------------------------------------------------------------------------------------------------------


def test_a_service_is_found_while_it_is_shown() -> None:
    load_demo_services()
    service = Service.objects.shown().first()
    assert service is not None
    assert str(service.pk) in found(service.name)
    service.status = Service.Status.DEFUNCT
    service.save()
    assert str(service.pk) not in found(service.name)


# The page -----------------------------------------------------------------------------------------------------------


def test_the_question_stands_in_no_address_and_no_title(client: Client) -> None:
    put("a", "Ensom i klassen")
    page = client.post("/soeg/", {"q": "ensom"})
    html = page.content.decode()
    assert ("Ensom i klassen" in html, "<title>Samrum</title>" in html) == (True, True)
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    assert 'method="post" action="/soeg/"' in html


def test_what_has_a_warning_is_folded_away(client: Client) -> None:
    put("a", "Mine arme i dag", "Sådan gjorde jeg med hamsteren", warning="blod <b>og</b> andet", group="g")
    put("b", "", "Din hamster er sød", group="g")
    html = client.post("/soeg/", {"q": "hamster"}).content.decode()
    assert ("Mine arme" in html, "Sådan gjorde jeg" in html, "<b>og</b>" in html) == (False, False, False)
    assert ("Din hamster er sød" in html, html.count("blod &lt;b&gt;og&lt;/b&gt; andet")) == (True, 3)


@pytest.mark.parametrize("asked", ["selvmord", "jeg vil dø", "skærer i mig selv"])
def test_whoever_may_be_in_danger_sees_help_before_anything_else(client: Client, asked: str) -> None:
    load_demo_services()
    put("a", "En tråd", f"Noget om {asked}")
    html = client.post("/soeg/", {"q": asked}).content.decode()
    assert 0 < html.index("Du kan tale med nogen nu") < html.index("En tråd")


def test_a_search_that_finds_nothing_says_where_to_go_on(client: Client) -> None:
    html = client.post("/soeg/", {"q": "xylofonspiller"}).content.decode()
    assert ("Vi fandt ikke noget" in html, 'href="/forum/"' in html, 'value="xylofonspiller"' in html) == (True,) * 3


def test_what_somebody_searches_for_is_shown_as_text(client: Client) -> None:
    html = client.post("/soeg/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html


def test_a_search_costs_a_few_queries_however_much_there_is(
    client: Client, django_assert_max_num_queries: object
) -> None:
    load_demo_services()
    for number in range(40):
        put(f"p{number}", "", "Ensom", group=f"g{number}")
        for kind in ("answer", "entry"):
            search.put(kind, f"{number}", title="Ensom", body="", url="/", at=NOW)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.post("/soeg/", {"q": "ensom snak"})


def test_something_newer_stands_before_something_older_that_fits_as_well() -> None:
    search.put("post", "old", title="Sorg", body="", url="/", at=NOW - timedelta(days=3))
    search.put("post", "new", title="Sorg", body="", url="/", at=NOW)
    assert found("sorg") == ["new", "old"]
