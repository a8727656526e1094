"""What a letterbox points to besides its own answers: services that help the young there, in the order it chose."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.models import Letterbox, Referral
from forum.places import LETTER
from forum.services import letterboxes, letters, publications
from forum.services.letters import Written
from moderation.refusals import Refused
from referrals.models import FRESH_DAYS, Service
from referrals.services import load_demo_services
from tests.forum.letters import QUESTION, agree, answer, house, make_box, make_person, make_service, propose

pytestmark = pytest.mark.django_db
ACUTE = "Jeg vil tage mit liv i nat. Jeg har piller her."


def point(box: Letterbox, *services: Service) -> Letterbox:
    for number, service in enumerate(services):
        Referral.objects.create(letterbox=box, service=service, position=number)
    return box


def names_of(box: Letterbox, **besides: Any) -> list[str]:
    return [card["name"] for card in letterboxes.cards_of(box, now=timezone.now(), **besides)]


def written(box: Letterbox, text: str = QUESTION) -> Written:
    return letters.write(box=box, text=text, now=timezone.now())


def main_of(client: Client, url: str, **data: str) -> str:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = (client.post(url, data) if data else client.get(url)).content.decode()
    return page[page.index("<main") : page.index("</main>")]


def own_page(of: Written) -> str:
    client = Client()
    client.cookies[LETTER] = of.token
    return main_of(client, reverse("letters:letter", args=[of.letter.public_id]))


# Which of them are shown ------------------------------------------------------------------------------------------


def test_services_stand_in_the_order_the_letterbox_chose() -> None:
    first, second, third = make_service("Æ"), make_service("B"), make_service("A")
    assert names_of(point(make_box(), first, second, third)) == ["Æ", "B", "A"]
    assert names_of(point(make_box(), third, first)) == ["A", "Æ"]


@pytest.mark.parametrize(
    "values",
    [
        {"is_published": False},
        {"status": "temporarily closed"},
        {"status": "defunct"},
        {"checked_on": timezone.localdate() - timedelta(days=FRESH_DAYS + 1)},
        {"is_demo": True},
        {"municipality_code": "751"},
    ],
)
def test_what_the_young_are_not_shown_or_nobody_checked_lately_is_left_out(
    values: dict[str, Any], settings: Any
) -> None:
    settings.DEMO = False
    box = point(make_box(municipality_code="461"), make_service("Skjult", **values), make_service("Vist"))
    assert names_of(box) == ["Vist"]
    assert "Skjult" not in Client().get(reverse("letters:write", args=[box.slug])).content.decode()


def test_a_service_of_the_municipality_is_shown_in_its_letterbox() -> None:
    assert names_of(point(make_box(municipality_code="751"), make_service("Byens", municipality_code="751"))) == [
        "Byens"
    ]


def test_a_service_that_is_gone_leaves_the_letterbox_as_it_is() -> None:
    gone, stays = make_service(), make_service("Bliver")
    box = point(make_box(), gone, stays)
    gone.delete()
    assert names_of(box) == ["Bliver"]


# Where they are shown ---------------------------------------------------------------------------------------------


def test_the_young_see_them_where_they_write_and_after_they_have_sent_it() -> None:
    box = point(make_box(), make_service("Fyrtårnet"))
    page = main_of(Client(), reverse("letters:write", args=[box.slug]))
    assert page.index("Not for help right now") < page.index("Fyrtårnet")
    sent = own_page(written(box))
    assert "Others who can help you" in sent
    assert sent.index("Your letter has arrived") < sent.index("Fyrtårnet")


def test_a_letterbox_that_points_to_nobody_has_no_empty_heading() -> None:
    box = make_box()
    assert "Others who can help you" not in main_of(Client(), reverse("letters:write", args=[box.slug]))
    assert "Others who can help you" not in own_page(written(box))


def test_help_now_stands_first_and_nobody_twice_when_it_sounds_like_danger() -> None:
    load_demo_services()
    night = Service.objects.get(name="Demo: Nattelinjen")
    box = point(make_box(), night, make_service("Fyrtårnet"))
    refused = main_of(Client(), reverse("letters:write", args=[box.slug]), text=ACUTE + " x" * 5_000)
    for page in (own_page(written(box, ACUTE)), refused):
        assert page.index("data-help-first") < page.index("<h1") < page.index("Fyrtårnet")
        assert page.index("tel:112") < page.index("Demo: Nattelinjen") < page.index("<h1")
        assert page.count("Demo: Nattelinjen") == 1


def published(box: Letterbox, **words: Any) -> str:
    sofie, letter = make_person("Sofie", "counsellor"), written(box).letter
    answer(letter, sofie, now=timezone.now())
    propose(letter, sofie, now=timezone.now(), **words)
    agree(letter, now=timezone.now())
    page = publications.of(letter)
    assert page is not None
    return reverse("letters:answer", args=[page.public_id])


def test_others_read_them_beside_an_answer_and_its_own_service_first_and_once() -> None:
    own = make_service("Den der passer")
    page = main_of(Client(), published(point(make_box(), own, make_service("Fyrtårnet")), service=own))
    assert page.index("Den der passer") < page.index("Others who can help you") < page.index("Fyrtårnet")
    assert page.count('<h3 lang="da">Den der passer') == 1


def test_a_page_asks_the_same_few_questions_however_many_services_a_letterbox_points_to() -> None:
    box = make_box()
    pages = [reverse("letters:list"), reverse("letters:write", args=[box.slug]), published(box)]
    asked: list[list[int]] = [[], [], []]
    for number in range(3):
        Referral.objects.create(letterbox=box, service=make_service(), position=number)
        for url, counts in zip(pages, asked, strict=True):
            with CaptureQueriesContext(connection) as questions:
                Client().get(url)
            counts.append(len(questions))
    assert [len(set(counts)) for counts in asked] == [1, 1, 1]


# Who chooses them -------------------------------------------------------------------------------------------------


@pytest.fixture
def lis() -> Client:
    client = Client()
    client.force_login(make_person("Lis", "coordinator"))
    return client


def fields(*services: Service, **more: Any) -> dict[str, Any]:
    common = {"name": "Ungelinjen", "answer_hours": "48", "is_open": "on", "organizations": [str(house().pk)]}
    chosen = {f"service_{number}": str(service.pk) for number, service in enumerate(services)}
    return {**common, "reading_days": list("1234567"), "municipality_code": "", **chosen, **more}


def test_a_coordinator_chooses_services_changes_their_order_and_takes_them_away(lis: Client) -> None:
    first, second = make_service("Fyrtårnet"), make_service("Broen")
    lis.post(reverse("letters:box-new"), fields(first, second))
    box = Letterbox.objects.get()
    url = reverse("letters:box-edit", args=[box.pk])
    assert names_of(box) == ["Fyrtårnet", "Broen"]
    page = lis.get(url).content.decode()
    assert page.count(f'value="{first.pk}" selected') == page.count(f'value="{second.pk}" selected') == 1
    lis.post(url, fields(second, first))
    assert names_of(box) == ["Broen", "Fyrtårnet"]
    lis.post(url, fields(service_2=str(first.pk)))
    assert names_of(box) == ["Fyrtårnet"]
    lis.post(url, fields())
    assert Referral.objects.count() == 0


@pytest.mark.parametrize("values", [{"is_published": False}, {"municipality_code": "751"}, {"status": "defunct"}])
def test_only_what_the_young_there_are_shown_can_be_chosen(lis: Client, values: dict[str, Any]) -> None:
    service = make_service(**values)
    assert lis.post(reverse("letters:box-new"), fields(service)).status_code == 422
    assert Letterbox.objects.count() == 0


def test_a_service_of_the_municipality_goes_with_its_letterbox_and_with_no_other(lis: Client) -> None:
    service = make_service("Byens", municipality_code="751")
    assert lis.post(reverse("letters:box-new"), fields(service, municipality_code="751")).status_code == 302
    box = Letterbox.objects.get()
    again = lis.post(reverse("letters:box-edit", args=[box.pk]), fields(service, municipality_code="461"))
    assert again.status_code == 422
    box.refresh_from_db()
    assert (box.municipality_code, names_of(box)) == ("751", ["Byens"])


def test_nothing_is_chosen_twice(lis: Client) -> None:
    service = make_service()
    assert lis.post(reverse("letters:box-new"), fields(service, service)).status_code == 422


@pytest.mark.parametrize("chosen", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_service_is_not_chosen(lis: Client, chosen: str) -> None:
    assert lis.post(reverse("letters:box-new"), fields(service_0=chosen)).status_code == 422


def test_what_is_not_shown_just_now_keeps_its_place_when_something_else_is_changed(lis: Client) -> None:
    service = make_service("Lukket for sommeren")
    lis.post(reverse("letters:box-new"), fields(service))
    box = Letterbox.objects.get()
    Service.objects.filter(pk=service.pk).update(is_published=False)
    lis.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    url = reverse("letters:box-edit", args=[box.pk])
    assert "Lukket for sommeren (not shown: it needs a check)" in lis.get(url).content.decode()
    assert lis.post(url, fields(service, answer_hours="24")).status_code == 302
    assert names_of(box) == []
    Service.objects.filter(pk=service.pk).update(is_published=True)
    assert names_of(box) == ["Lukket for sommeren"]


def test_the_verb_asks_again_whatever_form_it_came_from() -> None:
    lis = make_person("Lis", "coordinator")
    common = {"name": "Linjen", "name_en": "", "about": "", "about_en": "", "municipality_code": "", "is_open": True}
    hours = {"answer_hours": 24, "reading_days": "1234567", "reading_from": None, "reading_until": None}
    words = {**common, **hours, "second_look": False}
    for wrong in ([make_service(municipality_code="751")], [make_service() for _unused in range(5)]):
        with pytest.raises(Refused) as caught:
            letterboxes.open_box(user=lis, words={**words, "services": wrong}, organizations=[house()])
        assert caught.value.code == "bad_command"
        assert Letterbox.objects.count() == 0
    box = letterboxes.open_box(user=lis, words={**words, "services": [make_service("A")]}, organizations=[house()])
    far = make_person("Fjern", "coordinator", at="andet")
    with pytest.raises(Refused):
        letterboxes.change_box(box, user=far, words={**words, "services": []}, organizations=[house("andet")])
    assert names_of(box) == ["A"]
