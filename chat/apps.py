from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Group chat")

    def ready(self) -> None:
        from chat.queue import AlertSource, ReviewSource
        from chat.receivers import keep_no_samples, put_into_the_timetable
        from moderation import queue

        queue.register(AlertSource())
        queue.register(ReviewSource())
        post_migrate.connect(put_into_the_timetable, sender=self)
        post_migrate.connect(keep_no_samples, sender=self)
