"""Ids that tell nothing, and what is stored of a secret."""

import hashlib
import secrets

from django.utils.crypto import salted_hmac

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def random_id() -> str:
    """An opaque id of 128 random bits, without order or origin."""
    return secrets.token_urlsafe(16)


def random_slug(length: int = 8) -> str:
    """A place in the address bar: it must not tell what stands there. Five random bits a sign."""
    return "".join(secrets.choice(_LETTERS) for _unused in range(length))


def digest(secret: str) -> str:
    """What is stored of a token. The token holds 128 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_digest(code: str, *, purpose: str) -> str:
    """What is stored of a word code: keyed, because few enough codes exist for all of them to be tried.

    The key is outside the database, so a copy of the database alone tells nothing. To be found by its digest a code
    cannot have a salt of its own.
    """
    return salted_hmac(f"moderation.code.{purpose}", code, algorithm="sha256").hexdigest()
