"""Ids that tell nothing, and what is stored of a secret."""

import hashlib
import secrets


def random_id() -> str:
    """An opaque id of 128 random bits, without order or origin."""
    return secrets.token_urlsafe(16)


def random_slug() -> str:
    """A session's place in the address bar: it must not tell what the session is about."""
    return "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _unused in range(8))


def digest(secret: str) -> str:
    """What is stored of a place token. The token holds 128 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()
