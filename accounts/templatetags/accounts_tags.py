"""What other rooms' templates may ask this room."""

from django import template

from accounts import notices, rules, seal
from accounts.states import Role

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context) -> int:
    """How many notices wait for the signed-in person; 0 for visitors. One query a request."""
    user = context.get("user")
    if not getattr(user, "is_authenticated", False):
        return 0
    if not hasattr(user, "_unread_notices"):
        user._unread_notices = notices.unread_count(user)
    count: int = user._unread_notices
    return count


@register.filter
def holds_role(user, role: str) -> bool:
    """Whether the person holds the role: {% if user|holds_role:"moderator" %}."""
    return rules.has_role(user, Role(role))


@register.filter
def masked(sealed: str) -> str:
    """An address as its owner may see it on a page: m…@e…."""
    try:
        name, _at, domain = seal.unseal(sealed or "").partition("@")
    except seal.CannotOpen:
        return "…"
    return f"{name[:1]}…@{domain[:1]}…" if domain else "…"
