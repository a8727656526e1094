from django.urls import path

from referrals.views import checks, manage, public

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
    path("tilbud/vagt/<uuid:pk>/tjek/", manage.manage_check, name="manage-check"),
    path("tilbud/vagt/<uuid:pk>/vis/", manage.manage_publish, name="manage-publish"),
    path("tilbud/vagt/<uuid:pk>/skjul/", manage.manage_withdraw, name="manage-withdraw"),
    path("tilbud/vagt/<uuid:pk>/overtag/", manage.manage_adopt, name="manage-adopt"),
]
