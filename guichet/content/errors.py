"""Pages for what went wrong: what happened, whether anything is lost, what to do now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "content/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "content/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "content/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "content/errors/500.html", status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "content/errors/csrf.html", status=403)
