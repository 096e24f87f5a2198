"""Settings of the portal that `guichet procedures preview` makes for an author and throws away.

No variable turns a portal that people use into such a one: these are other settings, and
`guichet.config.author` starts them in a place of their own.
"""

from guichet.config.settings import *  # noqa: F403
from guichet.config.settings import DATA, INSTALLED_APPS, MIDDLEWARE, env

AUTHOR_FOLDER = env.str("GUICHET_AUTHOR_FOLDER")
AUTHOR_VERSION = env.int("GUICHET_AUTHOR_VERSION", 0)
# What can be shown of that folder is written here, see `author.actions`.
PROCEDURES = [DATA / "procedures"]

INSTALLED_APPS = [*INSTALLED_APPS, "guichet.author"]
_BEFORE = MIDDLEWARE.index("guichet.signon.middleware.SignedOn")
MIDDLEWARE = [*MIDDLEWARE[:_BEFORE], "guichet.author.middleware.Beside", *MIDDLEWARE[_BEFORE:]]

# Browsers keep cookies by host, whatever the port: whoever has signed on next door stays so.
SESSION_COOKIE = "author-session"
ATTEMPT_COOKIE = "author-attempt"
BROWSER_COOKIE = "author-browser"
CSRF_COOKIE_NAME = "author-csrf"
