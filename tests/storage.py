from typing import Any

from whitenoise.compress import Compressor

from config.storage import ModuleManifestStorage


class QuickStorage(ModuleManifestStorage):
    """The site's own, packed and with hashed names; compressed by gzip alone, as brotli takes its time."""

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return super().create_compressor(**{**kwargs, "use_brotli": False})
