"""The site's addresses, and the floor that its pages are measured against: one indexed query, a list of twenty."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as site
from forum.models import Topic

FLOOR = """<!doctype html><title>Samrum</title><h1>{{ topic.title }}</h1>
<ul>{% for number in numbers %}
<li><a href="/{{ number }}/">{{ number }}: {{ topic.opening }}</a></li>{% endfor %}</ul>"""


def floor(request: HttpRequest) -> HttpResponse:
    topic = Topic.objects.filter(pk=1).first()
    template = engines["django"].from_string(FLOOR) if not hasattr(floor, "template") else floor.template
    floor.template = template  # type: ignore[attr-defined]
    return HttpResponse(template.render({"topic": topic, "numbers": range(20)}, request))


urlpatterns = [path("bench-floor/", floor), *site]
