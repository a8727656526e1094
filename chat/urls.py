from django.urls import path

from chat.views import calendar, desk, door, duty, fallback, marks, review, room, share, staff
from chat.views.shut import unless_shut_out

app_name = "chat"

urlpatterns = [
    path("chat/", door.index, name="list"),
    path("chat/<slug:slug>/", unless_shut_out(door.page), name="session"),
    path("chat/<slug:slug>/join/", unless_shut_out(door.join), name="join"),
    path("chat/<slug:slug>/tilbage/", unless_shut_out(door.come_back), name="come-back"),
    path("chat/<slug:slug>/knock/", unless_shut_out(door.knock), name="knock"),
    path("chat/<slug:slug>/aftale.ics", calendar.calendar, name="calendar"),
    path("chat/<slug:slug>/room/", unless_shut_out(room.room), name="room"),
    path("chat/<slug:slug>/frame/", room.frame, name="frame"),
    path("chat/<slug:slug>/log/", fallback.log, name="log"),
    path("chat/<slug:slug>/say/", fallback.say, name="say"),
    path("chat/<slug:slug>/se-paa-det/", review.page, name="review"),
    path("vagt/", desk.desk, name="desk"),
    path("vagt/ny/", staff.plan, name="plan"),
    path("vagt/netvaerk/", marks.page, name="marks"),
    path("vagt/preview/", staff.preview, name="preview"),
    path("vagt/klager/", review.index, name="reviews"),
    path("vagt/klager/<int:pk>/", review.answer, name="review-answer"),
    path("vagt/underretninger/", duty.index, name="duty-cases"),
    path("vagt/underretninger/<int:pk>/", duty.sent, name="duty-sent"),
    path("vagt/<slug:slug>/", staff.edit, name="edit"),
    path("vagt/<slug:slug>/underretning/<str:member>/", duty.case, name="duty-case"),
    path("vagt/<slug:slug>/tilbud.json", share.services, name="share-services"),
    path("vagt/<slug:slug>/slet/", staff.delete, name="delete-draft"),
    path("vagt/<slug:slug>/efter/", staff.after, name="after"),
]
