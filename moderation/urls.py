from django.urls import path

from moderation.views import queue, records

app_name = "moderation"

urlpatterns = [
    path("vagt/koe/", queue.page, name="queue"),
    path("vagt/koe/nu/", queue.now_waiting, name="queue-now"),
    path("vagt/koe/gjort/", queue.settle, name="queue-settle"),
    path("vagt/koe/<slug:source>/<slug:key>/tag/", queue.claim, name="queue-claim"),
    path("vagt/koe/<slug:source>/<slug:key>/fortryd/", queue.undo, name="queue-undo"),
    path("vagt/koe/<slug:source>/<slug:key>/<slug:action>/", queue.decide, name="queue-decide"),
    path("vagt/logbog/", records.log, name="log"),
    path("vagt/spejl/", records.mirror, name="power"),
    path("vagt/tal/", records.numbers, name="numbers"),
]
