"""The page "You": what each room has for the person who is signed in."""

import datetime as dt
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import views as account_pages
from accounts.models import User
from education import progress
from education.models import LearnIndexPage
from education.reading import LessonRow, find_page, learn_context
from forum import rules
from forum.models import Post
from forum.own_posts import SHOWN
from forum.signals import SUSPENDED

#: So long after joining a person is greeted as new and shown where to begin.
NEW_FOR = dt.timedelta(days=1)


def context(request: Any) -> dict[str, object]:
    """News, the lesson to go on with, and how many posts wait."""
    person: User = request.user
    return {
        **account_pages.my_page(request),
        "resume": lesson_to_go_on_with(request),
        "posts": posts_that_wait(person),
        "talk_is_closed": SUSPENDED in request.session and bool(rules.stops_all(rules.restraints_of(person))),
        "is_new": timezone.now() - person.date_joined < NEW_FOR,
    }


def lesson_to_go_on_with(request: Any) -> LessonRow | None:
    """The lesson this browser was in, if the reader chose to keep their place; no query otherwise."""
    if not progress.read(request).at:
        return None
    learn = find_page(LearnIndexPage)
    return learn_context(learn, request)["resume"] if learn else None


def posts_that_wait(person: User) -> str:
    """How many posts and changes were sent back or wait, in words; empty when none. One query."""
    counts = Post.objects.filter(author__user_id=person.pk).aggregate(
        returned=Count("pk", filter=SHOWN["needs-you"]),
        waiting=Count("pk", filter=SHOWN["waiting"]),
    )
    words = []
    if counts["returned"]:
        words.append(_("%(number)s sent back") % {"number": counts["returned"]})
    if counts["waiting"]:
        words.append(_("%(number)s waiting") % {"number": counts["waiting"]})
    return ", ".join(words)
