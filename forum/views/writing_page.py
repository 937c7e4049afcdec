"""What a writing page shows: the form, the preview, what happened to what was sent."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from forum import rules
from forum.actions import Submission
from forum.forms.writing import ReplyForm
from forum.models import Topic
from forum.openings import lines_of
from forum.searching import similar_topics
from forum.states import PostState, Premoderation, Trust
from forum.views import composing
from forum.views.doors import member_of
from forum.waiting import measured_wait
from safety.clean import MAX_CHARACTERS

#: So many ready first lines stand on the page.
OPENINGS = 3
#: So many topics like one's own, and so much of a title is looked at.
SIMILAR = 5
LONGEST_TITLE = 200


def restraint_of(request: HttpRequest, page: dict[str, Any]) -> rules.Restraint | None:
    """What keeps this person from writing here; one query. The action asks again, in its transaction."""
    return rules.stops_writing(rules.restraints_of(request.user), board_id=page["board"].pk)


def held_back(
    request: HttpRequest, restraint: rules.Restraint, page: dict[str, Any], kept: str
) -> HttpResponse:
    """In place of a writing page: until when, why, and the way to a second look."""
    context = page | {"held_back": restraint, "kept": kept}
    return render(request, "forum/held_back.html", context, status=403)


def sent(request: HttpRequest, submission: Submission, form: ReplyForm, page: dict[str, Any]) -> HttpResponse:
    """Published: go to its place. Waiting, or words of danger: this very answer says what happens next."""
    screening = form.wording.screening
    if not submission.held and not screening.show_help:
        return HttpResponseRedirect(submission.post.get_absolute_url())
    context = page | {
        "submission": submission,
        "post_url": submission.post.get_absolute_url(),
        "held": submission.held,
        "is_published": submission.post.state == PostState.PUBLISHED,
        "help_kinds": screening.kinds if screening.show_help or screening.failed else (),
        "wait": measured_wait(),
    }
    return render(request, "forum/sent.html", context)


def show(
    request: HttpRequest, form: ReplyForm, page: dict[str, Any], *, token: str, status: int = 200
) -> HttpResponse:
    """The writing page. `page["opening"]` is what its fields opened with; else the form says."""
    opening: composing.Opening | None = page.get("opening")
    board, preview = page.get("board"), page.get("preview")
    begins_topic = board and "topic" not in page and "post" not in page
    if opening:
        page |= {
            "known": opening.known,
            "others": opening.others,
            "draft": opening.draft,
            "came_back": opening.came_back,
        }
    # Words that were refused, at rest or for any reason, bring the same help as those that were sent.
    read = preview or getattr(form, "wording", None)
    looked = begins_topic and ("similar" in request.POST or preview)
    if looked:
        page["similar"] = topics_like(request, preview.title if preview else request.POST.get("title", ""))
    context = page | {
        "looked": looked and not preview,
        "known": page.get("known") or composing.known_to(request),
        "window": composing.window_of(request),
        "lines": lines_of(board)[:OPENINGS] if begins_topic else (),
        "rule": composing.rule_of_today(),
        "most_letters": MAX_CHARACTERS,
        "form": form,
        "token": token,
        "wait": measured_wait(),
        "will_wait": _will_wait(request, page),
        "preview_kinds": read.screening.kinds if read and read.screening.show_help else (),
    }
    return render(request, "forum/write.html", context, status=status)


def _will_wait(request: HttpRequest, page: dict[str, Any]) -> bool:
    """Is it certain, before a word is read, that a person reads this first?"""
    member = member_of(request)
    board = page.get("board")
    post = page.get("post")
    topic = post.topic if post else page.get("topic")
    return bool(
        (post and not page.get("shows_at_once"))
        or rules.effective_trust(trust=member.trust, user=request.user) == Trust.NEW
        or rules.holds_posts(rules.restraints_of(request.user), board_id=board.pk if board else None)
        or (board and board.premoderation == Premoderation.ALL)
        or (topic and topic.holds_replies())
    )


def topics_like(request: HttpRequest, title: str) -> list[Topic]:
    """Published topics like the one this person begins."""
    return similar_topics(user=request.user, title=title[:LONGEST_TITLE], limit=SIMILAR)
