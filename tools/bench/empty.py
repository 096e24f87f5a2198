"""An empty view of the same framework: without middleware, and with what a new project has."""

import os

from django.conf import settings

USUAL = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
settings.configure(
    SECRET_KEY="measuring",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="tools.bench.empty",
    MIDDLEWARE=USUAL if os.environ.get("BENCH_MIDDLEWARE") == "usual" else [],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from tools.bench.bare import PAGE  # noqa: E402


def view(request: HttpRequest) -> HttpResponse:
    """The same 15 KB."""
    return HttpResponse(PAGE)


urlpatterns = [path("", view)]
application = get_wsgi_application()
