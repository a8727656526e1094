from django.urls import path, re_path

from chat.consumers import NowhereConsumer, RoomConsumer

websocket_urlpatterns = [
    path("chat/<slug:slug>/ws/", RoomConsumer.as_asgi()),
    re_path(r"^.*$", NowhereConsumer.as_asgi()),
]
