"""What the team does to a post outside the queue: hide, take down, bring back, change its text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from forum import actions, inserting, queue_showing, rules
from forum.actions import Conflict, Refused
from forum.forms.deciding import AmendForm, RestoreForm, TakeDownForm
from forum.models import Member, Post
from forum.states import PostState
from forum.views import keeping
from forum.views.doors import member_of, moderators_only, refuse_unless


@dataclass(frozen=True)
class Deed:
    """One thing the team does to a post: who may, with which form, and what the page says."""

    may: Callable[[Any, Any], bool]
    form: Callable[..., Form]
    act: Callable[[Member, Post, Any], object]
    is_done: Callable[[Post, Any], bool]
    heading: Promise
    lead: Promise
    button: Promise
    thanks: Promise


def _with_reason(action: Callable[..., object]) -> Callable[[Member, Post, Any], object]:
    def act(by: Member, post: Post, form: Any) -> object:
        return action(by=by, post=post, **form.cleaned_data)

    return act


def _amend(by: Member, post: Post, form: Any) -> object:
    data = form.cleaned_data
    return actions.amend_post(
        by=by,
        post=post,
        wording=form.wording,
        reason_code=data["reason_code"],
        message=data["message"],
        revision_id=data["revision"],
    )


def _is_in(state: PostState) -> Callable[[Post, Any], bool]:
    def is_done(post: Post, form: Any) -> bool:
        return bool(post.state == state)

    return is_done


def _says_that_already(post: Post, form: Any) -> bool:
    shown = post.published_revision
    return bool(shown and form.is_valid() and form.wording.sha256 == shown.sha256)


def _take_down_form(*args: Any, post: Post, by: Member, **options: Any) -> Form:
    return TakeDownForm(*args, **options)


def _restore_form(*args: Any, post: Post, by: Member, **options: Any) -> Form:
    return RestoreForm(*args, **options)


HIDE = Deed(
    may=rules.may_hide,
    form=_take_down_form,
    act=_with_reason(actions.hide_post),
    is_done=_is_in(PostState.HIDDEN),
    heading=gettext_lazy("Hide this post"),
    lead=gettext_lazy(
        "Members no longer see it while the team looks at it. Its place stays. The author is told."
    ),
    button=gettext_lazy("Hide the post"),
    thanks=gettext_lazy("The post is hidden. Its author is told why."),
)
REMOVE = Deed(
    may=rules.may_remove,
    form=_take_down_form,
    act=_with_reason(actions.remove_post),
    is_done=_is_in(PostState.REMOVED),
    heading=gettext_lazy("Take this post down"),
    lead=gettext_lazy("One line keeps its place. The author is told, and goes back to waiting for a person."),
    button=gettext_lazy("Take the post down"),
    thanks=gettext_lazy("The post is taken down. Its author is told why."),
)
RESTORE = Deed(
    may=rules.may_restore,
    form=_restore_form,
    act=_with_reason(actions.restore_post),
    is_done=_is_in(PostState.PUBLISHED),
    heading=gettext_lazy("Bring this post back"),
    lead=gettext_lazy("Members see it again in its place. Nobody gets a second notice."),
    button=gettext_lazy("Bring the post back"),
    thanks=gettext_lazy("The post is back in its place."),
)
AMEND = Deed(
    may=rules.may_amend,
    form=AmendForm,
    act=_amend,
    is_done=_says_that_already,
    heading=gettext_lazy("Change this post as the team"),
    lead=gettext_lazy(
        "It stays published and says that the team changed it. Take out what must go; leave the voice alone."
    ),
    button=gettext_lazy("Publish the changed text"),
    thanks=gettext_lazy("The changed text is published. Its author is told why."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
@moderators_only
def hide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hide a published post while the team looks at it."""
    return _do(request, public_id, HIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("message", "note")
@moderators_only
def remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a post down."""
    return _do(request, public_id, REMOVE)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("note")
@moderators_only
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring a hidden, removed or refused post back."""
    return _do(request, public_id, RESTORE)


@require_http_methods(["GET", "HEAD", "POST"])
@keeping.keeps("title", "text", "message")
@moderators_only
def amend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the text of a published post."""
    return _do(request, public_id, AMEND)


def _find(request: HttpRequest, public_id: str) -> Post:
    return get_object_or_404(
        Post.objects.seen_by(request.user).select_related(
            "topic__board",
            "topic__first_post__published_revision",
            "topic__first_post__latest_revision",
            "author__user",
            "published_revision",
            "latest_revision",
        ),
        public_id=public_id,
    )


def _do(request: HttpRequest, public_id: str, deed: Deed) -> HttpResponse:
    """Show the form, or do it once: sent twice, the second finds it done and goes to the same place."""
    post, by = _find(request, public_id), member_of(request)
    refuse_unless(rules.may_decide_about(request.user, post))
    if request.method != "POST":
        refuse_unless(deed.may(request.user, post))
        kept = keeping.came_back(request)
        return _page(request, post, deed, deed.form(post=post, by=by, initial=kept), came_back=bool(kept))
    form = deed.form(request.POST, post=post, by=by)
    if deed.is_done(post, form):
        return _to_its_place(post)
    refuse_unless(deed.may(request.user, post))
    if not form.is_valid():
        return _page(request, post, deed, form, status=422)
    try:
        deed.act(by, post, form)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, post, deed, form, status=422)
    except Conflict:
        fresh = _find(request, public_id)
        if deed.is_done(fresh, form):
            return _to_its_place(fresh)
        # The same words, now beside the text as it is: sent again, they replace that one knowingly.
        form = deed.form(_read_anew(request, fresh), post=fresh, by=by)
        form.is_valid()
        form.add_error(None, _("Somebody changed this post in the meantime. Look at it again, then decide."))
        return _page(request, fresh, deed, form, status=409)
    keeping.done(request)
    messages.success(request, str(deed.thanks))
    return _to_its_place(post)


def _read_anew(request: HttpRequest, post: Post) -> QueryDict:
    data = request.POST.copy()
    data["revision"] = str(post.published_revision_id or 0)
    return data


def _to_its_place(post: Post) -> HttpResponse:
    return HttpResponseRedirect(post.get_absolute_url())


def _page(
    request: HttpRequest, post: Post, deed: Deed, form: Form, *, status: int = 200, **more: Any
) -> HttpResponse:
    inserting.insert([post.published_revision, post.latest_revision], user=request.user)
    context = {
        "deed": deed,
        "post": post,
        "form": form,
        "state": queue_showing.state_of(post),
        "kind": queue_showing.kind_of(post),
        "token": keeping.new_token(request),
    }
    return render(request, "forum/moderate.html", context | more, status=status)
