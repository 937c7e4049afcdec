"""The WSGI entry point; a server names its settings in DJANGO_SETTINGS_MODULE."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "family_hub.settings.production")

application = get_wsgi_application()
