"""The letterbox. Addresses stay in the phone's history: they name nobody and no subject."""

from django.urls import path

from forum.views import letters, letters_staff, places

app_name = "letters"
urlpatterns = [
    path("brevkasse/", letters.index, name="list"),
    path("brevkasse/slettet/", letters.deleted, name="deleted"),
    path("brevkasse/svar/<str:public_id>/", letters.answer, name="answer"),
    path("brevkasse/brev/<str:public_id>/", letters.letter, name="letter"),
    path("brevkasse/brev/<str:public_id>/mere/", letters.more, name="more"),
    path("brevkasse/brev/<str:public_id>/slet/", letters.delete, name="delete"),
    path("brevkasse/brev/<str:public_id>/samtykke/", letters.consent, name="consent"),
    path("brevkasse/<slug:slug>/", letters.write, name="write"),
    path("vagt/breve/", letters_staff.index, name="desk"),
    path("vagt/breve/<str:public_id>/", letters_staff.read, name="read"),
    path("vagt/breve/<str:public_id>/vis/", letters_staff.propose, name="propose"),
    path("vagt/brevkasser/", places.box_list, name="boxes"),
    path("vagt/brevkasser/ny/", places.new_box, name="box-new"),
    path("vagt/brevkasser/<int:pk>/", places.edit_box, name="box-edit"),
]
