"""What people type to join, to sign in, to come back, and to give roles."""

from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import actions, handles, passphrases, rescue, seal
from accounts.models import User, random_seed
from accounts.states import Role

CHOOSE_A_NAME = _("Please pick a name, or write your own.")
NO_SUCH_NAME = _("Nobody here has that name. Please check it.")
HANDLE_LABEL = _("Your name here")
PASSPHRASE_LABEL = _("Passphrase")
NEW_PASSPHRASE_LABEL = _("New passphrase")
OLD_PASSPHRASE_LABEL = _("Passphrase you have now")
MISSING_ANY = _("Please fill this in.")
MISSING = {
    HANDLE_LABEL: _("Please write your name here."),
    PASSPHRASE_LABEL: _("Please write a passphrase."),
    NEW_PASSPHRASE_LABEL: _("Please write a new passphrase."),
    OLD_PASSPHRASE_LABEL: _("Please write the passphrase you have now."),
}


def _tidy(field: forms.Field, *, label, autocomplete: str, maxlength: int) -> None:
    """Our label and words, no placeholder, and a limit that the browser knows too."""
    field.label = label
    field.error_messages["required"] = MISSING.get(label, MISSING_ANY)
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update({"autocomplete": autocomplete, "maxlength": str(maxlength)})


class JoinForm(SignupForm):
    """Handle, passphrase and two ticks. A handle that was written wins over one that was picked."""

    pick = forms.CharField(required=False, max_length=60)
    agrees = forms.BooleanField(
        label=_("I have read the five rules and the privacy page, and I agree to both."),
        error_messages={"required": _("Please tick that you agree to the rules and the privacy page.")},
    )
    of_age = forms.BooleanField(
        label=_("I am 18 or older."),
        error_messages={"required": _("Please tick that you are old enough to join.")},
    )
    invite = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        own = self.fields["username"]
        _tidy(own, label=_("Write my own name"), autocomplete="username", maxlength=handles.LONGEST)
        own.required = own.widget.is_required = False
        own.min_length = None
        own.validators.clear()  # handles.py gives the reasons
        own.widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        passphrase = self.fields["password1"]
        _tidy(passphrase, label=PASSPHRASE_LABEL, autocomplete="new-password", maxlength=passphrases.LONGEST)
        passphrase.help_text = passphrases.PassphraseValidator().get_help_text()
        self.order_fields(["pick", "username", "password1", "agrees", "of_age", "invite"])

    def offered(self) -> list[dict]:
        """Three names to pick from, each with the picture it comes with; a picked one stays in the list."""
        picked = self._picked() if self.is_bound else None
        offers = [picked] if picked and "pick" not in self.errors else []
        names = handles.suggest(language=get_language() or "en", taken=actions.skeletons_in_use)
        offers += [(name, random_seed()) for name in names[: 3 - len(offers)]]
        return [
            {"value": f"{name}.{seed}", "name": name, "seed": seed, "checked": (name, seed) == picked}
            for name, seed in offers
        ]

    def _picked(self) -> tuple[str, int] | None:
        name, _dot, seed = str(self.data.get(self.add_prefix("pick"), "")).partition(".")
        if not (name and seed.isascii() and seed.isdigit() and len(seed) <= 10 and int(seed) < 2**31):
            return None
        return name, int(seed)

    def clean_username(self) -> str:
        """The handle that was written, else the one that was picked."""
        written = self.cleaned_data.get("username", "").strip()
        picked = self._picked()
        if not written and not picked:
            raise ValidationError(CHOOSE_A_NAME, code="required")
        return get_adapter().clean_username(written or (picked[0] if picked else ""))

    @transaction.atomic
    def save(self, request):
        """The account, what its owner agreed to, and the rescue phrase (kept on the form, nowhere else)."""
        user = super().save(request)
        picked = self._picked()
        self.phrase = actions.complete_joining(
            person=user,
            language=get_language() or "en",
            seed=picked[1] if picked and picked[0] == user.handle else random_seed(),
            invite=self.cleaned_data.get("invite", ""),
        )
        return user


class SignInForm(LoginForm):
    """By handle, or by a confirmed address, which is sealed before anything is done with it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self.fields["login"], label=HANDLE_LABEL, autocomplete="username", maxlength=254)
        self.fields["login"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        _tidy(
            self.fields["password"],
            label=PASSPHRASE_LABEL,
            autocomplete="current-password",
            maxlength=passphrases.LONGEST,
        )
        self.fields["password"].help_text = ""
        self.fields["password"].max_length = passphrases.LONGEST
        if "remember" in self.fields:
            self.fields["remember"].label = _("Keep me signed in on this device")
            self.fields["remember"].help_text = _("Only if nobody else uses it.")

    def clean_login(self) -> str:
        """What was typed, an address in its sealed form; a seal typed by hand finds nobody."""
        typed = super().clean_login()
        if seal.is_sealed(typed.lower()):
            return "?"
        return sealed_if_address(typed)


class ResetByMailForm(ResetPasswordForm):
    """Asks for a link by mail; only confirmed addresses get one."""

    def clean_email(self) -> str:
        """The sealed address; the accounts behind it that confirmed it are in `users`."""
        sealed = get_adapter().clean_email(self.cleaned_data["email"])
        rows = EmailAddress.objects.filter(email=sealed, verified=True, user__is_active=True)
        self.users = [row.user for row in rows.select_related("user")]
        return sealed


class ChangePassphraseForm(ChangePasswordForm):
    """The old passphrase, and the new one typed once."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _tidy(
            self.fields["oldpassword"],
            label=OLD_PASSPHRASE_LABEL,
            autocomplete="current-password",
            maxlength=passphrases.LONGEST,
        )
        self.fields["oldpassword"].help_text = ""
        _new_passphrase(self.fields["password1"])


class NewPassphraseByMailForm(ResetPasswordKeyForm):
    """The new passphrase, after the link in a mail."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _new_passphrase(self.fields["password1"])


class AgainForm(ReauthenticateForm):
    """The passphrase once more, before a step that matters."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _tidy(
            self.fields["password"],
            label=PASSPHRASE_LABEL,
            autocomplete="current-password",
            maxlength=passphrases.LONGEST,
        )
        self.fields["password"].help_text = ""


def _new_passphrase(field: forms.Field) -> None:
    _tidy(field, label=NEW_PASSPHRASE_LABEL, autocomplete="new-password", maxlength=passphrases.LONGEST)
    field.help_text = passphrases.PassphraseValidator().get_help_text()


class RescueForm(forms.Form):
    """The way back: handle, rescue phrase, a new passphrase."""

    handle = forms.CharField(label=HANDLE_LABEL, max_length=handles.LONGEST * 2)
    phrase = forms.CharField(
        label=_("Rescue phrase"),
        help_text=_("The ten words you kept when you joined, in their order. Capitals do not matter."),
        max_length=rescue.LONGEST_TYPED,
        error_messages={"required": _("Please write the ten words.")},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    password1 = SetPasswordField(label=NEW_PASSPHRASE_LABEL)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _tidy(self.fields["handle"], label=HANDLE_LABEL, autocomplete="username", maxlength=60)
        _new_passphrase(self.fields["password1"])

    def clean(self) -> dict:
        """Check the new passphrase against the typed name, whether or not that name exists."""
        cleaned = super().clean() or {}
        if cleaned.get("password1") and cleaned.get("handle"):
            try:
                validate_password(cleaned["password1"], User(username=cleaned["handle"]))
            except ValidationError as refused:
                self.add_error("password1", refused)
        return cleaned


class OwnPassphraseForm(forms.Form):
    """The passphrase of the person signed in, before something that matters."""

    passphrase = PasswordField(
        label=PASSPHRASE_LABEL, autocomplete="current-password", max_length=passphrases.LONGEST
    )

    def __init__(self, *args, user: User, **kwargs) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        _tidy(
            self.fields["passphrase"],
            label=PASSPHRASE_LABEL,
            autocomplete="current-password",
            maxlength=passphrases.LONGEST,
        )

    def clean_passphrase(self) -> str:
        """The passphrase, if it is this person's."""
        typed: str = self.cleaned_data["passphrase"]
        if not self.user.check_password(typed):
            raise get_adapter().validation_error("incorrect_password")
        return typed


class RoleForm(forms.Form):
    """A role for a person, named by handle."""

    handle = forms.CharField(
        label=_("Name here"),
        max_length=handles.LONGEST * 2,
        error_messages={"required": _("Please write the name of the person.")},
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def clean_handle(self) -> User:
        """The person behind the handle."""
        typed = self.cleaned_data["handle"].strip()
        person = User.objects.filter(username__iexact=typed, is_active=True).first()
        if person is None:
            raise ValidationError(NO_SUCH_NAME, code="unknown")
        return person


def sealed_if_address(typed: str) -> str:
    """The sealed form of an address; anything else as it is."""
    try:
        validate_email(typed)
        return seal.seal(typed)
    except (ValidationError, seal.AddressRefused):
        return typed
