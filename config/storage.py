from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files, in which ES modules import each other by their hashed names."""

    support_js_module_import_aggregation = True
