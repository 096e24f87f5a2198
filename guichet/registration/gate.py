"""Who has signed on but is not registered, or has new terms to read, goes there first."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class Entry:
    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)
