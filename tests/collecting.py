"""Settings under which static files are collected for servers under test: named by their hashes, not compressed."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "tests.storage.ModuleManifestStorage"}}
