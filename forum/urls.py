"""Addresses of the forum. They stand in a phone's history, so no word of a theme is among them."""

from django.urls import path

from forum import feeds, freshness
from forum.freshness import kept
from forum.views import boards, own, places, profile, reports, staff, topics, write

app_name = "forum"

urlpatterns = [
    path("forum/", kept(freshness.of_the_list)(boards.index), name="list"),
    path("forum/skriv/", write.write_anywhere, name="write-anywhere"),
    path("forum/kode/", own.code, name="code"),
    path("forum/mig/", profile.profile, name="profile"),
    path("forum/slettet/", own.deleted, name="deleted"),
    path("forum/meldt/<slug:report_id>/", reports.reported, name="reported"),
    path("forum/t/<slug:topic_id>/", kept(freshness.of_a_topic)(topics.topic), name="topic"),
    path("forum/t/<slug:topic_id>/svar/", write.answer, name="answer"),
    path("forum/t/<slug:topic_id>/mit/", own.mine, name="mine"),
    path("forum/t/<slug:topic_id>/privat/", own.line, name="private"),
    path("forum/t/<slug:topic_id>/ret/<slug:post_id>/", write.edit, name="edit"),
    path("forum/t/<slug:topic_id>/slet/<slug:post_id>/", own.delete, name="delete"),
    path("forum/t/<slug:topic_id>/nik/<slug:post_id>/", topics.nod, name="nod"),
    path("forum/t/<slug:topic_id>/meld/<slug:post_id>/", reports.report, name="report"),
    path("forum/<slug:slug>/", kept(freshness.of_a_board)(boards.board), name="board"),
    path("forum/<slug:slug>/skriv/", write.write, name="write"),
    path("forum/<slug:slug>/feed/", feeds.BoardFeed(), name="feed"),
    path("vagt/forum/<slug:topic_id>/", staff.topic, name="staff-topic"),
    path("vagt/tavler/", places.board_list, name="staff-boards"),
    path("vagt/tavler/ny/", places.new_board, name="staff-board-new"),
    path("vagt/tavler/<int:pk>/", places.edit_board, name="staff-board"),
]
