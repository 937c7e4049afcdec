"""Pages about the person: joining, signing in, coming back, notices, mail, security, roles."""

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.models import EmailAddress, Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, handles, mailing, notices, rules, showing_once
from accounts.adapter import HANDLE_TAKEN, WAIT
from accounts.forms import JoinForm, OwnPassphraseForm, RescueForm, RoleForm
from accounts.mail_forms import MailForm
from accounts.models import RoleGrant, User
from accounts.states import Role


class JoinView(allauth_views.SignupView):
    """Join with a handle and a passphrase; then the rescue phrase is shown, once."""

    http_method_names = ["get", "head", "post"]

    def get_initial(self) -> dict:
        """An invitation in the address stays in the form."""
        get = self.request.GET.get
        return {"invite": get("invite", "")[:300], "username": get("name", "")[: handles.LONGEST]}

    def get_authenticated_redirect_url(self) -> str:
        """Someone who has joined and did not keep the phrase yet (a reload) is led to its page."""
        if self.request.user.rescue_kept_at is None:
            return reverse("rescue_phrase")
        url: str = super().get_authenticated_redirect_url()
        return url

    def form_valid(self, form: JoinForm) -> HttpResponse:
        """Two people may want one name in the same second: the second is told."""
        try:
            response = super().form_valid(form)
        except IntegrityError:
            form.add_error("username", HANDLE_TAKEN)
            return self.form_invalid(form)
        if not self.request.user.is_authenticated:
            return response
        return _show_phrase(self.request, form.phrase, self.get_success_url() or "")


@never_cache
@sensitive_post_parameters("phrase", "password1")
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest) -> HttpResponseBase:
    """The way back by rescue phrase; answers alike for names that exist and names that do not."""
    if request.user.is_authenticated:
        return redirect("security")
    form = RescueForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        key = f"{handles.skeleton(typed['handle'])}:{get_adapter().get_client_ip(request)}"
        if not ratelimit.consume(request, action="rescue", key=key):
            form.add_error(None, WAIT)
            status = 429
        else:
            try:
                person, phrase = actions.recover(
                    handle=typed["handle"],
                    phrase=typed["phrase"],
                    new_passphrase=typed["password1"],
                    language=get_language() or "en",
                )
            except actions.ActRefused as refused:
                form.add_error(None, refused.message)
            else:
                response = perform_login(request, Login(user=person))
                if not request.user.is_authenticated:
                    return response
                return _show_phrase(request, phrase, "")
    return render(request, "accounts/recover.html", {"form": form}, status=status)


def _show_phrase(request: HttpRequest, phrase: str, next_url: str) -> HttpResponse:
    showing_once.put(request.session, user=request.user, phrase=phrase, next_url=next_url)
    return redirect("rescue_phrase")


@never_cache
@login_required
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def rescue_phrase(request: HttpRequest) -> HttpResponse:
    """The rescue phrase, once; later a kind word and the way to a new one."""
    if request.method == "POST":
        form = OwnPassphraseForm(request.POST, user=request.user)
        if not ratelimit.consume(request, action="reauthenticate", user=request.user):
            form.add_error(None, WAIT)
            return render(request, "accounts/rescue_gone.html", {"form": form}, status=429)
        if form.is_valid():
            phrase = actions.replace_rescue_phrase(by=request.user, language=get_language() or "en")
            return _show_phrase(request, phrase, reverse("security"))
        return render(request, "accounts/rescue_gone.html", {"form": form})
    shown = showing_once.take(request.session, user=request.user) if request.method == "GET" else None
    if shown is None:
        return render(request, "accounts/rescue_gone.html", {"form": OwnPassphraseForm(user=request.user)})
    words, next_url = shown
    return render(request, "accounts/rescue_phrase.html", {"words": words.split(), "next": next_url})


@login_required
@require_POST
def rescue_phrase_kept(request: HttpRequest) -> HttpResponse:
    """The person ticked that they kept the phrase; on to where they were going, or to Talk."""
    if request.POST.get("kept"):
        actions.keep_rescue_phrase(by=request.user)
    else:
        messages.warning(
            request,
            _("You have not ticked that you kept your rescue phrase. If you did not, make a new one."),
        )
        return redirect("rescue_phrase")
    next_url = request.POST.get("next", "")
    if next_url and url_has_allowed_host_and_scheme(
        next_url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return HttpResponseRedirect(next_url)
    return redirect(get_adapter().get_signup_redirect_url(request))


@never_cache
@login_required
def address(request: HttpRequest) -> HttpResponseBase:
    """The e-mail address, after the passphrase was asked once more.

    allauth asks only after the form was sent, and meanwhile keeps the whole request, address and network
    included, in the session in clear. So it is asked before, and a form sent without it is dropped.
    """
    if is_reauthentication_required(request, app="allauth.account"):
        return redirect(
            f"{reverse('account_reauthenticate')}?{urlencode({'next': reverse('account_email')})}"
        )
    return allauth_views.email(request)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def security(request: HttpRequest) -> HttpResponse:
    """What protects the account, and the ways to change it."""
    return render(request, "accounts/security.html")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    """What is new for this person; POST marks it as read."""
    if request.method == "POST":
        notices.mark_all_read(person=request.user)
        return redirect("notices")
    return render(request, "accounts/notices.html", {"notices": notices.shown_to(request.user)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Which news come by mail, a summary, and quiet hours."""
    status = 200
    if request.method == "POST":
        form = MailForm(request.POST)
        if form.is_valid():
            actions.choose_mail(by=request.user, wishes=form.wishes())
            messages.success(request, _("Saved."))
            return redirect("mail")
        status = 422
    else:
        form = MailForm.of(mailing.choices_of(request.user))
    has_address = EmailAddress.objects.filter(user=request.user, verified=True).exists()
    return render(request, "accounts/mail.html", {"form": form, "has_address": has_address}, status=status)


# Mail programs send this form by themselves, without a cookie and from elsewhere (RFC 8058). What lets it act
# is the signed token in the address; all it can do is end mail that its reader can turn on again.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """End a person's optional mail, signed in or not. Opening the page changes nothing; pressing does.

    It answers alike for every address, ours or made up, before and after: nobody learns which exist.
    """
    stop_token = mailing.read_stop_token(token) if request.method == "POST" else None
    if stop_token is not None:
        actions.stop_optional_mail(stop_token=stop_token)
    return render(request, "accounts/stop_mail.html", {"is_done": request.method == "POST"})


@never_cache
@login_required
def team(request: HttpRequest) -> HttpResponse:
    """Who holds which role, and giving and ending roles; for others than operators it does not exist."""
    if not rules.may_change_roles(request.user):
        raise Http404
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        to, role = form.cleaned_data["handle"], form.cleaned_data["role"]
        actions.grant_role(to=to, role=role, by=request.user)
        messages.success(
            request, _("%(name)s is now: %(role)s.") % {"name": to.handle, "role": Role(role).label}
        )
        return redirect("team")
    grants = RoleGrant.objects.filter(ended_at=None).select_related("person", "granted_by")
    return render(
        request, "accounts/team.html", {"form": form, "grants": grants.order_by("role", "person__username")}
    )


@never_cache
@login_required
def end_role(request: HttpRequest, grant: int) -> HttpResponse:
    """End one role of one person."""
    if not rules.may_change_roles(request.user):
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    held = RoleGrant.objects.filter(pk=grant).select_related("person").first()
    if held is None:
        raise Http404
    try:
        actions.revoke_role(to=held.person, role=held.role, by=request.user)
    except actions.ActRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            _("%(name)s is no longer: %(role)s.")
            % {"name": held.person.handle, "role": Role(held.role).label},
        )
    return redirect("team")


@login_required
def nothing_here(request: HttpRequest, **_address: str) -> HttpResponse:
    """A made-up members' address: the sign-in page for visitors, as at real ones; 404 for members."""
    raise Http404


def my_page(request: HttpRequest) -> dict[str, object]:
    """This room's share of the page "You": the newest unread notices."""
    person: User = request.user
    return {"news": [notice for notice in notices.shown_to(person) if not notice.is_read][:5]}
