"""A page's words as one canonical text, and the fingerprint that reviews and the starter manifest hold."""

import datetime
import hashlib
import json
from typing import Any, ClassVar

from wagtail.fields import StreamField


def canonical(value: Any) -> Any:
    """A raw field value without what says nothing: the ids the editor gives to blocks and list items."""
    if isinstance(value, dict):
        if "value" in value and "type" in value:
            inner = canonical(value["value"])
            return inner if value["type"] == "item" else {"type": value["type"], "value": inner}
        return {key: canonical(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(part) for part in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value


class Fingerprinted:
    """For page models: `reviewed_fields` names every field whose change is a change of what people read."""

    reviewed_fields: ClassVar[tuple[str, ...]] = ("title", "seo_title", "search_description")

    def canonical_json(self) -> str:
        """Every reviewed field as JSON with sorted keys; the same text gives the same bytes."""
        fields: dict[str, Any] = {}
        for name in self.reviewed_fields:
            value = getattr(self, name)
            if isinstance(self._meta.get_field(name), StreamField):  # type: ignore[attr-defined]
                value = value.get_prep_value()
            fields[name] = canonical(value)
        return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def fingerprint(self) -> str:
        """SHA-256 of `canonical_json`, in hexadecimal."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()
