from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for every static file, ES module imports included, so that they can be cached for ever."""

    support_js_module_import_aggregation = True
    manifest_strict = False
