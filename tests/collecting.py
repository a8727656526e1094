"""Settings under which static files are collected for servers under test: packed, named by their hashes, quick."""

from config.settings import *  # noqa: F403
from config.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "tests.storage.QuickStorage"}}
