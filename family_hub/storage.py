"""Static files: five stylesheets in the source, one on a real site."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# In layer order; the first of them names the layers.
SHEETS = ["css/tokens.css", "css/base.css", "css/layout.css", "css/components.css", "css/print.css"]
JOINED_SHEET = "css/hub.css"


class JoinedStylesheets(CompressedManifestStaticFilesStorage):
    """Joins the stylesheets into css/hub.css at collectstatic, then names and compresses as whitenoise."""

    joins_sheets = True

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[tuple]:
        if not dry_run and all(name in paths for name in SHEETS):
            joined = []
            for name in SHEETS:
                storage, path = paths[name]
                with storage.open(path) as source:
                    joined.append(source.read().decode("utf-8"))
            if self.exists(JOINED_SHEET):
                self.delete(JOINED_SHEET)
            self._save(JOINED_SHEET, ContentFile("\n".join(joined).encode("utf-8")))
            paths = {**paths, JOINED_SHEET: (self, JOINED_SHEET)}
        yield from super().post_process(paths, dry_run, **options)
