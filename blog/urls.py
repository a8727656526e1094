from django.urls import path

from blog import feeds, views

app_name = "blog"

urlpatterns = [
    path("", views.entry_list, name="list"),
    path("feed/", feeds.PublishedEntries(), name="feed"),
    path("mine/", views.notes, name="notes"),
    path("mine/ny/", views.write, name="write"),
    path("preview/", views.preview, name="preview"),
    path("<slug:public_id>/", views.entry, name="entry"),
    path("<slug:public_id>/ret/", views.edit, name="edit"),
]
