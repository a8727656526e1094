from django.urls import path

from config import cities, city_staff, pages, search

urlpatterns = [
    path("", pages.front, name="front"),
    path("look.css", pages.stylesheet, name="stylesheet-now"),
    path("look-<slug:digest>.css", pages.stylesheet, name="stylesheet"),
    path("soeg/", search.page, name="search"),
    path("by/", cities.index, name="cities"),
    path("by/<str:place>/", cities.city, name="city"),
    path("tilbud/vagt/by/<uuid:page_pk>/se/", city_staff.preview, name="city-preview"),
    path("tilbud/vagt/by/<uuid:page_pk>/tider/", city_staff.hours, name="city-hours"),
    path("ud/", pages.leave, name="exit"),
    path("ud/videre/", pages.left, name="left"),
    path("ud/tilbage/", pages.come_back, name="come-back"),
    path("tema/", pages.theme, name="theme"),
    path("privatliv/", pages.privacy, name="privacy"),
    path("underretning/", pages.duty, name="duty"),
    path("hvem-kan-se-mig/", pages.who_sees_me, name="who-sees-me"),
    path("tilgaengelighed/", pages.accessibility, name="accessibility"),
    path("was", pages.was, name="was"),
    path("was/", pages.was),
]
