from django.urls import path

from referrals import views

app_name = "referrals"

urlpatterns = [
    path("hjaelp/", views.help_page, name="help"),
    path("tilbud/", views.directory, name="directory"),
    path("tilbud/vagt/", views.manage, name="manage"),
    path("tilbud/vagt/nyt/", views.manage_new, name="manage-new"),
    path("tilbud/vagt/<uuid:pk>/", views.manage_edit, name="manage-edit"),
    path("tilbud/vagt/<uuid:pk>/tjek/", views.manage_check, name="manage-check"),
    path("tilbud/vagt/<uuid:pk>/vis/", views.manage_publish, name="manage-publish"),
    path("tilbud/vagt/<uuid:pk>/skjul/", views.manage_withdraw, name="manage-withdraw"),
    path("tilbud/vagt/<uuid:pk>/overtag/", views.manage_adopt, name="manage-adopt"),
]
