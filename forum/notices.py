"""The words of the forum's notices, made at the moment they are shown; None when there is nothing to show."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.notices import Words, register_resolver
from forum.actions import telling
from forum.models import ModAction, Post, Report
from forum.states import PostState, ReportState

WORDS = {
    "return_post": gettext_lazy("A post of yours was sent back. You can change it and send it again."),
    "return_edit": gettext_lazy(
        "A change to a post of yours was sent back. The earlier text is still there."
    ),
    "reject_post": gettext_lazy("A post of yours was not published. The reason is there."),
    "reject_edit": gettext_lazy(
        "A change to a post of yours was not published. The earlier text is still there."
    ),
    "approve_edit": gettext_lazy("The change to your post is published."),
    "hide_post": gettext_lazy("A post of yours is hidden while the team looks at it. The reason is there."),
    "remove_post": gettext_lazy("A post of yours was taken down. The reason is there."),
    "amend_post": gettext_lazy("The team changed a post of yours. The reason is there."),
}


def _published(person: Any, public_id: str) -> Words | None:
    post = Post.objects.seen_by(person).filter(public_id=public_id).first()
    if post is None or post.state != PostState.PUBLISHED:
        return None
    return Words(_("Your post is published. Others can read it now."), reverse("post", args=[public_id]))


def _decided(person: Any, action_id: str) -> Words | None:
    action = ModAction.objects.filter(pk=action_id, subject_kind="post").first()
    if action is None:
        return None
    post = Post.objects.filter(pk=int(action.subject_id), author__user=person).first()
    if post is None:
        return None
    taken_down = action.to_state in {PostState.HIDDEN, PostState.REMOVED, PostState.REJECTED}
    if taken_down and post.state == PostState.PUBLISHED:
        text = _("A post of yours was taken down for a while. It is back.")
    else:
        text = str(WORDS.get(action.verb, _("The team decided about a post of yours. The reason is there.")))
    return Words(text, reverse("my_posts") + f"?post={post.public_id}")


def _reply(person: Any, public_id: str) -> Words | None:
    post = Post.objects.seen_by(person).filter(public_id=public_id).first()
    if post is None or post.state != PostState.PUBLISHED:
        return None
    return Words(_("There is a new reply in a topic you follow."), reverse("post", args=[public_id]))


def _report_answered(person: Any, report_id: str) -> Words | None:
    report = Report.objects.filter(pk=report_id, reporter__user=person).first()
    if report is None:
        return None
    if report.state == ReportState.UPHELD:
        text = _("Thank you for your report. The team looked at it and acted.")
    elif report.state == ReportState.NOT_UPHELD:
        text = _("Thank you for your report. The team looked at it, and the post stays.")
    else:
        return None
    return Words(text, reverse("talk"))


def register() -> None:
    """Make the kinds known; called when the room is ready."""
    register_resolver(telling.PUBLISHED, _published)
    register_resolver(telling.DECIDED, _decided)
    register_resolver(telling.REPLY, _reply)
    register_resolver(telling.REPORT_ANSWERED, _report_answered)
