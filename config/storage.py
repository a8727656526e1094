from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.packing import pack

PAGES = ("js/chat/room.js", "js/chat/staff.js")


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. A page's scripts become one; other modules import each other by hashed names."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            for page in PAGES:
                if page in paths:
                    self.delete(page)
                    self._save(page, ContentFile(pack(page, _source).encode()))
                    paths[page] = (self, page)
        yield from super().post_process(paths, dry_run, **options)


def _source(name: str) -> str:
    """The module as it was written: the collected copy may be packed already."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"static/{name}")
    return Path(path).read_text(encoding="utf-8")
