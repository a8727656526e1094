"""The doors of the open data: reading only, for everybody, from any site. Nobody is known here, and nothing is set."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt

from accounts.limits import is_over
from accounts.models import Organization
from referrals.hsds import export, openapi, questions
from referrals.hsds.questions import Question, Unfit
from referrals.hsds.terms import Record
from referrals.models import Channel, Location, Schedule, Service, ServiceAtLocation, SpecialDays, Topic

VERSION = "3.0"
PROFILE = "https://docs.openreferral.org/"  # the standard itself: no profile changes it here
KEPT_SECONDS = 300
AT_ONCE = 100  # rows that a dump holds in memory
REQUESTS = "300/m"  # a network's; whoever wants all of it has one request to send
METHODS = "GET, HEAD, OPTIONS"
JSON, NDJSON, PROBLEM = "application/json", "application/x-ndjson", "application/problem+json"

View = Callable[..., HttpResponseBase]
Row = TypeVar("Row", bound=Model)
Answer = TypeVar("Answer", bound=HttpResponseBase)


def door(view: View) -> View:
    """Reading, by any site, without anything of the reader's; whatever is wrong is told as a problem in JSON."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, **address: str) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _open_to_all(HttpResponse(status=204, headers={"Allow": METHODS, "Access-Control-Max-Age": "86400"}))
        if request.method not in ("GET", "HEAD"):
            refused = _problem(405, "Method not allowed", "Here one can only read.")
            refused["Allow"] = METHODS
            return refused
        if is_over(request, group="hsds", rate=REQUESTS):
            wait = _problem(
                429, "Too many requests", "Ask again in a minute. All of it comes in one answer with format=ndjson."
            )
            wait["Retry-After"] = "60"
            return wait
        try:
            return _open_to_all(view(request, **address))
        except Unfit as unfit:
            return _problem(400, "Bad request", str(unfit), parameters=unfit.problems)
        except Http404:
            return _problem(404, "Not found", "There is nothing here, or it is not shown.")

    return opened


@door
def root(request: HttpRequest) -> HttpResponseBase:
    questions.read(_given(request), ())
    openapi_url = request.build_absolute_uri(reverse("hsds:openapi"))
    demo = {"demo": True} if settings.DEMO else {}
    return _answer(request, {"version": VERSION, "profile": PROFILE, "openapi_url": openapi_url, **demo})


@door
def description(request: HttpRequest) -> HttpResponseBase:
    questions.read(_given(request), ())
    return _answer(request, openapi.document(request.build_absolute_uri(reverse("hsds:root")).rstrip("/")))


@door
def nothing(request: HttpRequest, **_address: str) -> HttpResponseBase:
    raise Http404


# Lists ------------------------------------------------------------------------------------------------------------


@door
def services(request: HttpRequest) -> HttpResponseBase:
    asked = _asked(request, "services")
    found = questions.services(asked)
    if asked.get("minimal"):
        return _all(request, asked, list(map(_minimal, found.only("pk", "last_modified"))))
    whole = asked.get("full", False)
    today = timezone.localdate()

    def record(service: Service) -> Record:
        return export.whole_service(service, today=today) if whole else export.short_service(service)

    return _listed(request, asked, export.nested(found) if whole else export.flat(found), record)


@door
def organizations(request: HttpRequest) -> HttpResponseBase:
    asked = _asked(request, "organizations")
    found = questions.organizations(asked)
    if not (asked.get("full") or asked.get("full_service")):
        return _listed(request, asked, found, export.organization_row)
    whole = asked.get("full_service", False)
    record = _organization_record(whole=whole)
    return _listed(request, asked, questions.with_services(found, whole=whole), record)


@door
def at_locations(request: HttpRequest) -> HttpResponseBase:
    asked = _asked(request, "service_at_locations")
    found = questions.at_locations(asked)
    if not asked.get("full"):
        return _listed(request, asked, found.select_related("location"), export.at_location_row)
    today = timezone.localdate()

    def record(at: ServiceAtLocation) -> Record:
        return export.whole_at_location(at, today=today)

    return _listed(request, asked, export.at_whole(found), record)


@door
def taxonomy_terms(request: HttpRequest) -> HttpResponseBase:
    asked = _asked(request, "taxonomy_terms")
    return _listed(request, asked, questions.taxonomy_terms(asked), lambda term: term)


# One of them ------------------------------------------------------------------------------------------------------


@door
def service(request: HttpRequest, pk: str) -> HttpResponseBase:
    questions.read(_given(request), questions.ONE["services"])
    found = _first(export.nested(questions.services({})), pk)
    return _answer(request, export.whole_service(found, today=timezone.localdate()))


@door
def organization(request: HttpRequest, pk: str) -> HttpResponseBase:
    whole = questions.read(_given(request), questions.ONE["organizations"]).get("full_service", False)
    own = questions.organization_pk(pk.lower())
    if own is None:
        raise Http404
    found = questions.with_services(questions.organizations({}), whole=whole).get(pk=own)
    return _answer(request, _organization_record(whole=whole)(found))


@door
def at_location(request: HttpRequest, pk: str) -> HttpResponseBase:
    questions.read(_given(request), questions.ONE["service_at_locations"])
    found = _first(export.at_whole(questions.at_locations({})), pk)
    return _answer(request, export.whole_at_location(found, today=timezone.localdate()))


@door
def taxonomy_term(request: HttpRequest, pk: str) -> HttpResponseBase:
    questions.read(_given(request), questions.ONE["taxonomy_terms"])
    found = next((term for term in export.used_terms() if term["id"] == pk.lower()), None)
    if found is None:
        raise Http404
    return _answer(request, found)


# Records ----------------------------------------------------------------------------------------------------------


def _minimal(service: Service) -> Record:
    """As the standard's words ask for; the record itself calls it last_modified."""
    return {"id": str(service.pk), "modified_date": export.moment(service.last_modified)}


def _organization_record(*, whole: bool) -> Callable[[Organization], Record]:
    today = timezone.localdate()

    def record(organization: Organization) -> Record:
        shown: list[Service] = organization.services_shown  # type: ignore[attr-defined]
        services = [export.whole_service(each, today=today) if whole else export.service_row(each) for each in shown]
        return export.whole_organization(organization, services)

    return record


def _first(found: QuerySet[Row], public_id: str) -> Row:
    if not questions.is_id(public_id):
        raise Http404
    row = found.filter(pk=public_id).first()
    if row is None:
        raise Http404
    return row


# Answers ----------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest, name: str) -> Question:
    return questions.read(_given(request), questions.LISTS[name])


def _given(request: HttpRequest) -> dict[str, list[str]]:
    try:
        return {name: request.GET.getlist(name) for name in request.GET}
    except TooManyFieldsSent:
        raise Unfit([("address", "has too many parameters")]) from None


def _listed(
    request: HttpRequest, asked: Question, rows: QuerySet[Row] | list[Any], record: Callable[[Any], Record]
) -> HttpResponseBase:
    if asked.get("format") == "ndjson":
        return _dump(request, rows, record)
    page, size = asked.get("page", 1), asked.get("per_page", questions.PER_PAGE)
    total = len(rows) if isinstance(rows, list) else rows.count()
    first = (page - 1) * size
    contents = [record(row) for row in rows[first : first + size]] if first < total else []
    return _answer(request, _page(contents, total=total, number=page, pages=-(-total // size)))


def _all(request: HttpRequest, asked: Question, records: list[Record]) -> HttpResponseBase:
    if asked.get("format") == "ndjson":
        return _dump(request, records, lambda record: record)
    return _answer(request, _page(records, total=len(records), number=1, pages=1 if records else 0))


def _page(contents: list[Record], *, total: int, number: int, pages: int) -> Record:
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _answer(request: HttpRequest, content: Record) -> HttpResponseBase:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _kept(request, HttpResponse(body, content_type=JSON), etag)


def _dump(request: HttpRequest, rows: QuerySet[Row] | list[Any], record: Callable[[Any], Record]) -> HttpResponseBase:
    """All of it, a few rows at a time. Its ETag is known before the first: it is of all that the rows are made of."""
    asked = (request.path, sorted(_given(request).items()), request.get_host(), timezone.localdate(), settings.DEMO)
    etag = f'"{_fingerprint(repr(asked))}"'
    if request.method == "HEAD":
        return _kept(request, HttpResponse(content_type=NDJSON), etag)
    lines = (_line(record(row)) for row in (rows if isinstance(rows, list) else _little_by_little(rows)))
    if isinstance(request, ASGIRequest):
        # Django would compress each line by itself there, and many readers stop after the first of such parts.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
        return _kept(request, StreamingHttpResponse(_asynchronous(lines), content_type=NDJSON), etag)
    return _kept(request, StreamingHttpResponse(lines, content_type=NDJSON), etag)


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _little_by_little(rows: QuerySet[Row]) -> Iterator[Row]:
    """They are ordered by their keys: what changes meanwhile makes none come twice, and none be left out."""
    last: Any = None
    while True:
        some = list((rows if last is None else rows.filter(pk__gt=last))[:AT_ONCE])
        yield from some
        if len(some) < AT_ONCE:
            return
        last = some[-1].pk


async def _asynchronous(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    while line := await sync_to_async(_next)(lines):
        yield line


def _next(lines: Iterator[bytes]) -> bytes:
    return next(lines, b"")


def _fingerprint(asked: str) -> str:
    """Of every row that an export reads."""
    shown = Service.objects.shown()
    digest = hashlib.sha256(asked.encode())
    at_locations = ServiceAtLocation.objects.filter(service__in=shown)
    read: list[QuerySet[Any]] = [
        shown,
        Organization.objects.filter(services__in=shown).distinct(),
        *(model.objects.filter(service__in=shown) for model in (Channel, Schedule, SpecialDays)),
        at_locations,
        Location.objects.filter(services_here__in=at_locations).distinct(),
        Topic.objects.all(),
        Service.topics.through.objects.filter(service__in=shown),
    ]
    for rows in read:
        for row in rows.order_by("pk").values_list():
            digest.update(repr(row).encode())
    return digest.hexdigest()[:32]


def _kept(request: HttpRequest, answer: HttpResponseBase, etag: str) -> HttpResponseBase:
    """For a short while, by whoever wants to."""
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return get_conditional_response(request, etag=etag, response=answer) or answer  # type: ignore[arg-type]


def _problem(status: int, title: str, detail: str, **more: Any) -> HttpResponse:
    """As RFC 9457 has them."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if "parameters" in more:
        told["errors"] = [{"parameter": name, "detail": problem} for name, problem in more["parameters"]]
    body = json.dumps(told, ensure_ascii=False).encode()
    return _open_to_all(HttpResponse(body, status=status, content_type=PROBLEM))


def _open_to_all(answer: Answer) -> Answer:
    """Any site may read it with its visitors' browsers, which send nothing of theirs."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Allow-Methods"] = METHODS
    answer["Access-Control-Allow-Headers"] = "If-None-Match, Accept"
    answer["Access-Control-Expose-Headers"] = "ETag"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["X-Robots-Tag"] = "noindex"
    answer["Content-Language"] = "da"
    return answer
