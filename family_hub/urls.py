"""Every address of the site. People's pages stand inside i18n_patterns (contract: Addresses)."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import views as accounts_views
from family_hub import health, leaving, views

handler400 = "family_hub.views.bad_request"

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    # Wagtail's own sign-in pages are no doors (accounts has the one).
    path("cms/login/", views.to_sign_in),
    path("cms/password_reset/", views.to_sign_in),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]

urlpatterns += i18n_patterns(
    path("", include("accounts.urls")),
    path("", include("forum.urls")),
    path("", include("education.urls")),
    path("me/", views.me, name="me"),
    path("search/", views.search, name="search"),
    # A visitor gets the same sign-in page at every members' address, real or made up.
    re_path(r"^(?:me|team)/.+$", accounts_views.nothing_here),
    path("leave/", leaving.leave, name="leave"),
    path("help/stay-safe/", views.plain_page, {"name": "stay_safe"}, name="stay_safe"),
    path("privacy/", views.plain_page, {"name": "privacy"}, name="privacy"),
    path("terms/", views.plain_page, {"name": "terms"}, name="terms"),
    path("accessibility/", views.plain_page, {"name": "accessibility"}, name="accessibility"),
    path("contact/", views.plain_page, {"name": "contact"}, name="contact"),
    path("parts/", views.parts, name="parts"),
    path("_util/login/", views.to_sign_in),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
