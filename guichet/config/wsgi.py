"""The portal as a WSGI application."""

import ctypes
import os
import sys
from contextlib import suppress

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from guichet.config.encoding import in_utf8
from guichet.config.front import Front

_M_ARENA_MAX = -8  # mallopt(3)
_ARENAS_MAX = 2
# Whoever writes lets go of the interpreter at each statement, and others wait for the writer. With
# the usual 5 ms until it comes back, a transaction of ten statements takes as long as ten others.
_SWITCH_SECONDS = 0.001


def _share_memory() -> None:
    """Let threads share the allocator's pools.

    Hashing a password takes 19 MiB for a moment. With a pool for each thread, as glibc has it,
    each of them keeps that much for good.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS_MAX)


_share_memory()
sys.setswitchinterval(_SWITCH_SECONDS)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

# A page that is the same for everybody holds no form, counts no tries, and has its language in
# its address. The session, the display options and messages do make pages differ.
_HARMLESS = (
    settings.CSRF_COOKIE_NAME,
    settings.ATTEMPT_COOKIE,
    settings.BROWSER_COOKIE,
    settings.LANGUAGE_COOKIE_NAME,
)
application = Front(in_utf8(get_wsgi_application()), harmless=_HARMLESS)
