from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModuleManifestStorage(ManifestStaticFilesStorage):
    """The site's storage without the compressing, which takes most of the time."""

    support_js_module_import_aggregation = True
