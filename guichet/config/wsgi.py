"""The portal as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

from guichet.config.front import Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

application = Front(get_wsgi_application())
