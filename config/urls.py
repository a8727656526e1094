from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from config import health, pages

urlpatterns = [
    path("", include("config.page_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # Without a token: it changes the language only, and a token would give every reader a cookie.
    path("sprog/", csrf_exempt(set_language), name="set_language"),
    path("api/hsds/", include("referrals.hsds_urls")),
    path("", include("forum.urls")),
    path("", include("forum.letter_urls")),  # before the chat's /vagt/<slug>/
    path("", include("moderation.urls")),  # before the chat's /vagt/<slug>/
    path("", include("chat.urls")),
    path("blog/", include("blog.urls")),
    path("", include("referrals.urls")),
    path("konto/", include("accounts.urls")),
    path("drift/", admin.site.urls),
    # Counsellors' pictures are few and small: served by us in the demo, by the proxy in production.
    re_path(r"^media/(?P<path>[\w./-]+)$", pages.media),
]
