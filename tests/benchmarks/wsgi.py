"""The site, and beside it the bare pages behind the middleware of a new project, in the same processes."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings

site = get_wsgi_application()
from family_hub import searching  # noqa: E402 (only once the apps are there)

# One address asks as often as nobody may.
searching.MOST_SEARCHES = 1_000_000
with override_settings(MIDDLEWARE=settings.BARE_MIDDLEWARE):
    bare = WSGIHandler()


def application(environ, start_response):
    handler = bare if environ["PATH_INFO"].startswith("/bare/") else site
    return handler(environ, start_response)
