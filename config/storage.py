from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.packing import bare, pack

PAGES = ("js/chat/room.js", "js/chat/staff.js")
OUR_STYLES = "css/"


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. A page's scripts become one; other modules import each other by hashed names.

    Our stylesheets lose their comments.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            texts = {page: pack(page, _source) for page in PAGES if page in paths}
            texts |= {name: bare(_source(name)) for name in paths if name.startswith(OUR_STYLES)}
            for name, text in texts.items():
                self.delete(name)
                self._save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def _source(name: str) -> str:
    """The module as it was written: the collected copy may be packed already."""
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"static/{name}")
    return Path(path).read_text(encoding="utf-8")
