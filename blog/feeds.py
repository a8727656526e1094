from datetime import datetime

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from blog.models import Entry


class PublishedEntries(Feed):
    """The newest twenty entries, with what everybody may read on their pages and nothing else."""

    feed_type = Atom1Feed
    language = "da"
    title = "Samrum"
    link = reverse_lazy("blog:list")
    feed_url = reverse_lazy("blog:feed")

    def subtitle(self) -> str:
        return _("From the counsellors")

    def items(self) -> QuerySet[Entry]:
        return Entry.objects.published(now=timezone.now()).with_author()[:20]

    def item_title(self, item: Entry) -> str:
        return item.title

    def item_description(self, item: Entry) -> str:
        return item.html

    def item_link(self, item: Entry) -> str:
        return reverse("blog:entry", args=[item.public_id])

    def item_author_name(self, item: Entry) -> str:
        card = getattr(item.author, "profile", None)
        return card.working_name if card else ""

    def item_pubdate(self, item: Entry) -> datetime | None:
        return item.published_at

    item_updateddate = item_pubdate
