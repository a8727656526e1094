from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = _("Forum and letterbox")

    def ready(self) -> None:
        from forum import desk, letter_desk, receivers  # noqa: F401 - receivers listen from here on
        from forum.models import Post
        from forum.services import publications, threads
        from moderation import queue, reports
        from referrals import search

        queue.register(desk.PostSource())
        queue.register(desk.PrivateLineSource())
        queue.register(letter_desk.Letters())
        reports.register(Post, desk.describe_post, Post.objects.in_the_hands_of)
        search.register(threads.KIND, threads.index_all)
        search.register(publications.KIND, publications.put_all)
