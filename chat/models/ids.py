"""The ids of the chat are made as everywhere; they are asked for here by the migrations, too."""

from moderation.ids import digest, random_id, random_slug

__all__ = ["digest", "random_id", "random_slug"]
