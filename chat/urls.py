from django.urls import path

from chat.views import calendar, door, fallback, room, share, staff

app_name = "chat"

urlpatterns = [
    path("chat/", door.index, name="list"),
    path("chat/<slug:slug>/", door.page, name="session"),
    path("chat/<slug:slug>/join/", door.join, name="join"),
    path("chat/<slug:slug>/tilbage/", door.come_back, name="come-back"),
    path("chat/<slug:slug>/aftale.ics", calendar.calendar, name="calendar"),
    path("chat/<slug:slug>/room/", room.room, name="room"),
    path("chat/<slug:slug>/frame/", room.frame, name="frame"),
    path("chat/<slug:slug>/log/", fallback.log, name="log"),
    path("chat/<slug:slug>/say/", fallback.say, name="say"),
    path("vagt/", staff.desk, name="desk"),
    path("vagt/ny/", staff.plan, name="plan"),
    path("vagt/preview/", staff.preview, name="preview"),
    path("vagt/<slug:slug>/", staff.edit, name="edit"),
    path("vagt/<slug:slug>/tilbud.json", share.services, name="share-services"),
    path("vagt/<slug:slug>/efter/", staff.after, name="after"),
]
