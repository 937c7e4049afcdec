"""One function a verb; the only place where lessons change their state."""

from education.actions.house import register_cms_permissions, set_up_house, sync_groups
from education.actions.manifest import write_manifest
from education.actions.publish import publish_reviewed, publish_starter
from education.actions.schedule import count_unsigned, publish_scheduled
from education.actions.starter import load_starter
from education.actions.take_down import take_down_lesson

__all__ = [
    "count_unsigned",
    "load_starter",
    "publish_reviewed",
    "publish_scheduled",
    "publish_starter",
    "register_cms_permissions",
    "set_up_house",
    "sync_groups",
    "take_down_lesson",
    "write_manifest",
]
