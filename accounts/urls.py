"""Addresses of this room: allauth's views under our paths, with allauth's names."""

from allauth.account import views as allauth_views
from django.urls import path, re_path

from accounts import views

urlpatterns = [
    path("join/", views.JoinView.as_view(), name="account_signup"),
    path("sign-in/", allauth_views.login, name="account_login"),
    path("sign-in/rescue/", views.recover, name="recover"),
    path("sign-in/closed/", allauth_views.account_inactive, name="account_inactive"),
    path("sign-in/mail/", allauth_views.password_reset, name="account_reset_password"),
    path("sign-in/mail/sent/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/mail/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/mail/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sign-out/", allauth_views.logout, name="account_logout"),
    path("me/notices/", views.notice_list, name="notices"),
    path("me/mail/", views.mail, name="mail"),
    path("me/mail/stop/<str:token>/", views.stop_mail, name="stop_mail"),
    path("me/security/", views.security, name="security"),
    path("me/security/again/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("me/security/passphrase/", allauth_views.password_change, name="account_change_password"),
    path("me/security/passphrase/set/", allauth_views.password_set, name="account_set_password"),
    path("me/security/rescue/", views.rescue_phrase, name="rescue_phrase"),
    path("me/security/rescue/kept/", views.rescue_phrase_kept, name="rescue_phrase_kept"),
    path("me/security/mail/", views.address, name="account_email"),
    path(
        "me/security/mail/sent/",
        allauth_views.email_verification_sent,
        name="account_email_verification_sent",
    ),
    re_path(
        r"^me/security/mail/(?P<key>[-:\w]+)/$", allauth_views.confirm_email, name="account_confirm_email"
    ),
    path("team/", views.team, name="team"),
    path("team/<int:grant>/end/", views.end_role, name="end_role"),
]
