from django.urls import path

from referrals.views import checks, cities, history, hours, joint_pages, manage, places, public

app_name = "referrals"

urlpatterns = [
    path("hjaelp/", public.help_page, name="help"),
    path("tilbud/", public.directory, name="directory"),
    path("tilbud/<uuid:pk>/", public.service, name="service"),
    path("tilbud/<uuid:pk>/tider.ics", public.calendar, name="calendar"),
    path("tilbud/tjek/<str:token>/", checks.check, name="check"),
    path("tilbud/vagt/", manage.manage, name="manage"),
    path("tilbud/vagt/nyt/", manage.manage_new, name="manage-new"),
    path("tilbud/vagt/<uuid:pk>/", manage.manage_edit, name="manage-edit"),
    path("tilbud/vagt/<uuid:pk>/tider/", hours.manage_hours, name="manage-hours"),
    path("tilbud/vagt/<uuid:pk>/historik/", history.manage_history, name="manage-history"),
    path("tilbud/vagt/<uuid:pk>/historik/<int:number>/", history.manage_take_back, name="manage-take-back"),
    path("tilbud/vagt/<uuid:pk>/steder/", places.manage_places, name="manage-places"),
    path("tilbud/vagt/<uuid:pk>/steder/nyt/", places.manage_place_new, name="manage-place-new"),
    path("tilbud/vagt/<uuid:pk>/steder/<uuid:place_pk>/", places.manage_place, name="manage-place"),
    path("tilbud/vagt/<uuid:pk>/steder/<uuid:place_pk>/fjern/", places.manage_place_remove, name="manage-place-remove"),
    path("tilbud/vagt/<uuid:pk>/tjek/", manage.manage_check, name="manage-check"),
    path("tilbud/vagt/<uuid:pk>/numre/", checks.manage_numbers, name="manage-numbers"),
    path("tilbud/vagt/<uuid:pk>/vis/", manage.manage_publish, name="manage-publish"),
    path("tilbud/vagt/<uuid:pk>/skjul/", manage.manage_withdraw, name="manage-withdraw"),
    path("tilbud/vagt/<uuid:pk>/overtag/", manage.manage_adopt, name="manage-adopt"),
    path("tilbud/vagt/by/", cities.manage_cities, name="manage-cities"),
    path("tilbud/vagt/by/<uuid:page_pk>/", cities.manage_city, name="manage-city"),
    path("tilbud/vagt/by/<uuid:page_pk>/billede/", cities.manage_city_picture, name="manage-city-picture"),
    path("tilbud/vagt/by/<uuid:page_pk>/viser/", cities.manage_city_shown, name="manage-city-shown"),
    path("tilbud/vagt/by/<uuid:page_pk>/skjul/", cities.manage_city_hide, name="manage-city-hide"),
    path("tilbud/vagt/by/<uuid:page_pk>/historik/", cities.manage_city_history, name="manage-city-history"),
    path(
        "tilbud/vagt/by/<uuid:page_pk>/historik/<int:version_pk>/",
        cities.manage_city_take_back,
        name="manage-city-take-back",
    ),
    path("tilbud/vagt/by/sammen/", joint_pages.manage_joint_new, name="manage-joint-new"),
    path("tilbud/vagt/by/<uuid:page_pk>/byer/", joint_pages.manage_joint, name="manage-joint"),
    path("tilbud/vagt/by/spurgt/<int:seat_pk>/", joint_pages.manage_joint_asked, name="manage-joint-asked"),
    path("tilbud/vagt/by/spurgt/<int:seat_pk>/ud/", joint_pages.manage_joint_leave, name="manage-joint-leave"),
]
