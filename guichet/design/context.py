"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The site's name and whether this is a demonstration."""
    return {"site_name": settings.SITE_NAME, "demo": settings.DEMO}
