"""T23: nobody sees or changes what belongs to another organisation, whatever stands in the address or the form.

The addresses are taken from the URL map and the tables from the models, so that a new one is in the matrix, or the
test says that it is not. An administrator stands in it, too: where they see what is foreign, the matrix could have
seen it leak.
"""

import ast
import itertools
import uuid
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organization, User
from config import page_urls
from referrals import cities, versions
from referrals.models import CityMember, CityPage, CityVersion, Location, Service, Version
from referrals.models.owned import OwnedQuerySet
from referrals.urls import urlpatterns
from tests.referrals.conftest import TODAY, person

pytestmark = pytest.mark.django_db

# Doors without a login, and why nothing foreign can come through them.
PUBLIC = {
    "help": "shown to everybody",
    "directory": "shown to everybody",
    "service": "shown to everybody",
    "calendar": "shown to everybody",
    "check": "whoever has the signed address of one service; tests/referrals/test_checks.py",
}
STAFF = {f"referrals:{pattern.name}": pattern for pattern in urlpatterns if pattern.name not in PUBLIC}
STAFF |= {pattern.name: pattern for pattern in page_urls.urlpatterns if "page_pk" in pattern.pattern.converters}
# The way from each table to the organisation whose row it is. Nobody's: what all share.
OWNERS = {
    "Service": ["organization"],
    "Location": ["organization"],
    "ServiceAtLocation": ["service__organization", "location__organization"],
    "AgreedNumbers": ["service__organization"],
    "Channel": ["service__organization"],
    "CityMember": ["organization"],
    "CityPage": ["organization", "members__organization"],
    "CityVersion": ["page__organization", "page__members__organization"],
    "KeptHours": ["service__organization"],
    "NumberChange": ["service__organization"],
    "Reminder": ["service__organization"],
    "Schedule": ["service__organization"],
    "SpecialDays": ["service__organization"],
    "Uptake": ["service__organization"],
    "Version": ["service__organization"],
}
NOBODYS = {"Topic": "the vocabulary", "Document": "what everybody may search", "Link": "addresses, whoever names them"}

ROLES = ["counsellor", "coordinator", "editor"]
OUTSIDERS = ["visitor", "young", "staff without a role", "switched off"]
MARK = {"own": "EGEN", "foreign": "FREMMED"}
CODE = {"own": "751", "foreign": "461"}


class Side:
    """An organisation with a row in every table that a door leads to; the words of it carry its mark."""

    def __init__(self, which: str, writer: User) -> None:
        self.mark = mark = MARK[which]
        self.organization = Organization.objects.create(
            name=f"{mark} kommune", slug=mark.lower(), kind="municipality", municipality_code=CODE[which]
        )
        self.service = Service.objects.create(
            organization=self.organization,
            name=f"{mark} linje",
            description=f"{mark} ord",
            source=f"{mark} kilde",
            alert=f"{mark} besked",
            checked_on=TODAY,
            checked_by=writer,
        )
        self.service.channels.create(kind="web", value=f"https://{mark.lower()}.dk")
        self.schedule = self.service.schedules.create(
            byday="1MO", freq="MONTHLY", opens_at=time(9), closes_at=time(10), notes=f"{mark} tid"
        )
        self.special = self.service.special_days.create(
            first_day=date(2027, 1, 1), last_day=date(2027, 1, 2), note=f"{mark} ferie"
        )
        address = {"address_1": f"{mark} gade 1", "postal_code": "8000", "city": f"{mark} by"}
        self.location = Location.objects.create(organization=self.organization, name=f"{mark} hus", **address)
        self.service.at_locations.create(location=self.location, description=f"{mark} dør")
        self.version = versions.record(self.service, Version.What.CREATED, by=writer, now=None)
        Service.objects.filter(pk=self.service.pk).update(alert=f"{mark} nyt")
        self.service.refresh_from_db()
        versions.record(self.service, Version.What.EDITED, by=writer, now=None)
        self.page = CityPage.objects.create(organization=self.organization, headline=f"{mark} overskrift")
        cities.record(self.page, CityVersion.What.BEGUN, by=writer, now=None)
        CityPage.objects.filter(pk=self.page.pk).update(intro=f"{mark} tekst")
        together = CityPage.objects.create(slug=mark.lower(), name=f"{mark} sammen", intro=f"{mark} fælles")
        self.seat = CityMember.objects.create(
            page=together, organization=self.organization, asked_by=writer, asked_at=timezone.now()
        )
        self.held = CityPage.objects.create(slug=f"{mark.lower()}-to", name=f"{mark} holdt", intro=f"{mark} holdt")
        yes = {"asked_at": timezone.now(), "agreed_at": timezone.now(), "asked_by": writer, "agreed_by": writer}
        self.held.members.create(organization=self.organization, **yes)

    @property
    def arguments(self) -> dict[str, Any]:
        """What stands in addresses, by its name there."""
        city = {"page_pk": self.page.pk, "version_pk": self.page.versions.get().pk, "seat_pk": self.seat.pk}
        return {"pk": self.service.pk, "place_pk": self.location.pk, "number": self.version.pk, **city}

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row that is this organisation's, with every value."""
        found: dict[str, list[dict[str, Any]]] = {}
        for model in apps.get_app_config("referrals").get_models():
            if model.__name__ in NOBODYS:
                continue
            paths = OWNERS[model.__name__]
            is_ours = Q(*((path, self.organization.pk) for path in paths), _connector=Q.OR)
            found[model.__name__] = list(model._base_manager.filter(is_ours).order_by("pk").distinct().values())
        found["members"] = list(self.organization.memberships.order_by("pk").values())
        return found

    def form(self) -> dict[str, str]:
        """Every field of every form of these doors, filled with this organisation's ids and words."""
        way = {
            "ways-0-kind": "web",
            "ways-0-value": "https://nyt.dk",
            "ways-TOTAL_FORMS": "1",
            "ways-INITIAL_FORMS": "1",
        }
        special = {"special-TOTAL_FORMS": "1", "special-INITIAL_FORMS": "0", "special-0-first_day": "2027-03-03"}
        place = {"location_type": "physical", "address_1": "Ny 1", "postal_code": "9000", "city": "Ny"}
        return {
            **way,
            **special,
            **place,
            "special-0-kind": "closed",
            "organization": str(self.organization.pk),
            "service": str(self.service.pk),
            "pk": str(self.service.pk),
            "location": str(self.location.pk),
            f"at_{self.location.pk}": "on",
            f"more_{self.location.pk}": "Nyt",
            "version": str(self.version.pk),
            "number": str(self.version.pk),
            "schedule": str(self.schedule.pk),
            "name": "Nyt navn",
            "description": "Nye ord.",
            "status": "active",
            "source": "nyt.dk",
            "checked": "on",
            "always_open": "on",
            "on_holidays": "usual",
            "save": "1",
            "change": str(uuid.uuid4()),
            "answer": "yes",
            "headline": "Nyt",
            "intro": "Nyt",
        }


@pytest.fixture
def own(db: None) -> Side:
    return Side("own", User.objects.create_user("skriver"))


@pytest.fixture
def foreign(db: None) -> Side:
    return Side("foreign", User.objects.create_user("fremmed-skriver-FREMMED"))


def somebody(who: str, own: Side) -> Client:
    """Logged in as that; a role is one in the own organisation alone."""
    client = Client()
    if who == "visitor":
        return client
    user = person(
        "nogen", own.organization if who in (*ROLES, "switched off") else None, who if who in ROLES else "editor"
    )
    changes = {
        "young": {"is_young": True},
        "staff without a role": {"is_staff": True},
        "administrator": {"is_staff": True, "is_superuser": True},
    }
    User.objects.filter(pk=user.pk).update(**changes.get(who, {}))
    client.force_login(User.objects.get(pk=user.pk))
    User.objects.filter(pk=user.pk, username="nogen").update(is_active=who != "switched off")
    return client


def values_of(side: Side, names: list[str]) -> dict[str, Any]:
    return {argument: side.arguments[argument] for argument in names}


def addresses(own: Side, foreign: Side) -> list[tuple[str, bool]]:
    """(address, whether it is one's own through and through) of every staff door, with every mixture of ids."""
    found = []
    for name, pattern in STAFF.items():
        names = sorted(pattern.pattern.converters)
        for sides in itertools.product((own, foreign), repeat=len(names)):
            values = {argument: side.arguments[argument] for argument, side in zip(names, sides, strict=True)}
            found.append((reverse(name, kwargs=values), foreign not in sides))
        if "page_pk" in names:  # the page that a city holds with others, with everything else one's own
            found += [(reverse(name, kwargs={**values_of(own, names), "page_pk": foreign.held.pk}), False)]
        if names == ["page_pk"]:
            found += [(reverse(name, kwargs={"page_pk": own.held.pk}), True)]
    return found


def said(answer: HttpResponse) -> str:
    return answer.content.decode() + str(answer.headers)


# The matrix --------------------------------------------------------------------------------------------------------


def test_every_door_and_every_table_is_in_the_matrix(own: Side) -> None:
    arguments = {name for pattern in STAFF.values() for name in pattern.pattern.converters}
    assert arguments == set(own.arguments)
    assert all(name.startswith("referrals:manage") or name in ("city-preview", "city-hours") for name in STAFF)
    tables = {model.__name__ for model in apps.get_app_config("referrals").get_models() if not model._meta.auto_created}
    assert tables == {*OWNERS, *NOBODYS}


@pytest.mark.parametrize("who", [*ROLES, *OUTSIDERS])
def test_no_address_shows_or_changes_a_foreign_row(own: Side, foreign: Side, who: str) -> None:
    client, before, mine = somebody(who, own), foreign.rows(), own.rows()
    form = {**own.form(), **foreign.form()}
    query = {"pk": foreign.service.pk, "organization": foreign.organization.pk, "location": foreign.location.pk}
    for address, is_own in addresses(own, foreign):
        answer = client.get(address, query)
        assert MARK["foreign"] not in said(answer), address
        if not is_own or who not in ROLES:
            assert answer.status_code in ((404, 405) if who in ROLES else (302, 403, 405)), address
        if is_own and who in ROLES:
            continue  # what their forms do there is the next test's
        answer = client.post(address, form)
        assert answer.status_code in ((404, 405) if who in ROLES else (302, 403, 405)), address
        assert MARK["foreign"] not in said(answer), address
    address = reverse("referrals:manage-edit", args=[foreign.service.pk])
    assert client.head(address).status_code == client.get(address).status_code
    assert foreign.rows() == before
    assert own.rows() == mine


@pytest.mark.parametrize("who", ROLES)
def test_no_form_of_one_s_own_reaches_a_foreign_row(own: Side, foreign: Side, who: str) -> None:
    """Ids of the others in every field that takes one, at every door that is open."""
    client, before = somebody(who, own), foreign.rows()
    fields = {**own.form(), **foreign.form(), "remove": str(foreign.schedule.pk), "seen": ""}
    forms = [
        {**fields, "name": "Et"},
        {name: value for name, value in {**fields, "name": "To"}.items() if name != "remove"},
    ]
    taken = 0
    for address, is_own in addresses(own, foreign):
        for form in forms if is_own else []:
            answer = client.post(address, form)
            assert answer.status_code < 500, address
            taken += answer.status_code == 302
            assert MARK["foreign"] not in said(answer), address
            if answer.status_code == 302:
                assert MARK["foreign"] not in said(client.get(answer["Location"])), address
    assert taken >= 10  # they were forms that do something
    assert foreign.rows() == before
    assert not Service.objects.filter(organization=own.organization, at_locations__location=foreign.location).exists()


@pytest.mark.parametrize("who", [*ROLES, "administrator"])
def test_the_matrix_sees_what_it_looks_for(own: Side, foreign: Side, who: str) -> None:
    """The same doors show one's own rows, and an administrator's the foreign ones: a leak would be found."""
    client = somebody(who, own)
    marks = {MARK["own"], *([MARK["foreign"]] if who == "administrator" else [])}
    pages: dict[str, str] = {}
    for address, is_own in addresses(own, foreign):
        if is_own or who == "administrator":
            answer = client.get(address)
            if answer.status_code == 200:
                pages[address] = said(answer)
    assert len(pages) >= 8
    for mark in marks:
        assert sum(mark in page for page in pages.values()) >= 6
    if who == "administrator":
        before = foreign.rows()
        assert (
            client.post(reverse("referrals:manage-hours", args=[foreign.service.pk]), foreign.form()).status_code == 302
        )
        assert foreign.rows() != before


def test_whoever_left_the_organisation_is_outside_at_the_next_request(own: Side, foreign: Side) -> None:
    client = somebody("editor", own)
    Membership.objects.create(user=User.objects.get(username="nogen"), organization=foreign.organization, role="editor")
    address = reverse("referrals:manage-hours", args=[own.service.pk])
    assert client.get(address).status_code == 200
    User.objects.get(username="nogen").memberships.filter(organization=own.organization).delete()
    assert client.get(address).status_code == 404


def test_of_two_organisations_that_one_belongs_to_each_keeps_its_own(own: Side, foreign: Side) -> None:
    """Whoever may edit both still cannot give the place of one to the service of the other."""
    client = somebody("editor", own)
    Membership.objects.create(user=User.objects.get(username="nogen"), organization=foreign.organization, role="editor")
    form = {f"at_{foreign.location.pk}": "on", f"at_{own.location.pk}": "on"}
    client.post(reverse("referrals:manage-places", args=[own.service.pk]), form)
    assert [at.location for at in own.service.at_locations.all()] == [own.location]
    for name, args in {
        "manage-place": [own.service.pk, foreign.location.pk],
        "manage-place-remove": [own.service.pk, foreign.location.pk],
        "manage-take-back": [own.service.pk, foreign.version.pk],
    }.items():
        assert client.post(reverse(f"referrals:{name}", args=args), foreign.form()).status_code == 404


# The one rule ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Service, Location, Version, CityPage, CityMember])
def test_one_query_manager_says_whose_rows_they_are(own: Side, foreign: Side, model: type[models.Model]) -> None:
    manager = model._default_manager
    rows: Any = manager.all()
    assert isinstance(rows, OwnedQuerySet)
    editor = person("redaktør", own.organization, "editor")
    found = list(rows.editable_by(editor))
    assert found
    is_ours = Q(**{rows.owner: own.organization})
    if model is CityPage:  # and what it holds with others; that it was asked alone gives it nothing
        is_ours |= Q(members__organization=own.organization, members__agreed_at__isnull=False)
    assert {str(row) for row in found} == {str(row) for row in rows.filter(is_ours)}
    assert not rows.editable_by(person("ingen")).exists()
    assert rows.editable_by(User.objects.create_superuser("drift")).count() == rows.count()


def test_the_staff_s_doors_take_their_rows_from_it_alone() -> None:
    """`Service.objects.` and the like are followed by `editable_by`, or by what everybody may see."""
    allowed = {"editable_by", "shown", "crisis_ready"}
    folder = Path(settings.BASE_DIR) / "referrals" / "views"
    files = [path for path in folder.glob("*.py") if path.name not in ("__init__.py", "public.py")]
    wrong = []
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        used = {node.value: node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            is_manager = isinstance(node, ast.Attribute) and node.attr in (
                "objects",
                "_default_manager",
                "_base_manager",
            )
            if is_manager and isinstance(node.value, ast.Name) and node.value.id in OWNERS:
                owned = isinstance(apps.get_model("referrals", node.value.id)._default_manager.all(), OwnedQuerySet)
                if owned and used.get(node) not in allowed:
                    wrong.append(f"{path.name}:{node.lineno}")
    assert len(files) >= 5
    assert wrong == []


# The admin ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def operator(own: Side) -> Client:
    """May open the admin, has every right over the directory there, and belongs to one organisation."""
    user = person("drifter", own.organization, "editor")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="referrals"))
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def admin(name: str, *args: object) -> str:
    return reverse(f"admin:referrals_service_{name}", args=args)


def admin_form(side: Side) -> dict[str, Any]:
    values = {"organization": side.organization.pk, "name": "Nyt navn", "description": "Ord", "status": "active"}
    values |= {"on_holidays": "closed", "is_anonymous": "unknown", "source": "nyt.dk"}
    return {**values, "channels-TOTAL_FORMS": "0", "channels-INITIAL_FORMS": "0"}


def test_the_admin_shows_and_changes_nothing_foreign(operator: Client, own: Side, foreign: Side) -> None:
    before = foreign.rows()
    pages = [
        admin("changelist"),
        f"{admin('changelist')}?q=linje",
        admin("add"),
    ]
    pages += [admin(name, foreign.service.pk) for name in ("change", "delete", "history")]
    for address in pages:
        assert MARK["foreign"] not in said(operator.get(address)), address
    assert MARK["own"] in said(operator.get(admin("changelist")))
    operator.post(admin("change", foreign.service.pk), admin_form(foreign))
    operator.post(admin("change", foreign.service.pk), admin_form(own))
    operator.post(admin("delete", foreign.service.pk), {"post": "yes"})
    operator.post(
        admin("changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [str(foreign.service.pk)],
            "post": "yes",
            "select_across": "1",
        },
    )
    assert foreign.rows() == before
    assert not Service.objects.filter(organization=foreign.organization, name="Nyt navn").exists()


def test_the_admin_gives_nothing_to_a_foreign_organisation(operator: Client, own: Side, foreign: Side) -> None:
    before = foreign.rows()
    for address in (admin("add"), admin("change", own.service.pk)):
        assert operator.post(address, {**admin_form(own), "organization": foreign.organization.pk}).status_code == 200
    assert foreign.rows() == before
    assert operator.post(admin("change", own.service.pk), admin_form(own)).status_code == 302
    own.service.refresh_from_db()
    assert own.service.name == "Nyt navn"
    assert own.service.versions.count() == 3


def test_the_vocabulary_is_changed_by_administrators_alone(operator: Client, foreign: Side) -> None:
    topic = foreign.service.topics.create(code="t1", name="Et emne", name_en="A topic")
    for name, args in (("add", []), ("change", [topic.pk]), ("delete", [topic.pk])):
        address = reverse(f"admin:referrals_topic_{name}", args=args)
        assert (
            operator.post(
                address, {"code": "t2", "name": "x", "name_en": "x", "position": "1", "post": "yes"}
            ).status_code
            == 403
        )
    assert list(foreign.service.topics.values_list("code", "name")) == [("t1", "Et emne")]
