"""Pages that everybody may read."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from guichet import clock
from guichet.access import open_to_all, same_for_all
from guichet.content import cookies, errors, status
from guichet.content.contact import contact
from guichet.content.models import News, NewsText
from guichet.registration.models import Confirmation

NEWS_ON_A_PAGE = 10
SECURITY_TEXT_VALID = timedelta(days=90)  # RFC 9116, 2.5.5: less than a year


@same_for_all
def help_centre(request: HttpRequest) -> HttpResponse:
    """What to do, by situation, and what the words mean."""
    hours = int(Confirmation.VALIDITY.total_seconds() // 3600)
    return render(request, "content/help.html", {"contact": contact(), "link_hours": hours})


@same_for_all
def contact_us(request: HttpRequest) -> HttpResponse:
    """Telephone, mail and counter."""
    return render(request, "content/contact.html", {"contact": contact()})


@same_for_all
def about(request: HttpRequest) -> HttpResponse:
    """What this portal is and who is behind it."""
    context = {"contact": contact(), "source_url": settings.SOURCE_URL}
    return render(request, "content/about.html", context)


@same_for_all
def legal(request: HttpRequest) -> HttpResponse:
    """Publisher, use, liability, licence."""
    return render(request, "content/legal.html", {"contact": contact()})


@same_for_all
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law of 28 May 2019 asks for."""
    return render(request, "content/accessibility.html", {"contact": contact()})


@same_for_all
def privacy(request: HttpRequest) -> HttpResponse:
    """Which personal data, why, how long, and the cookies."""
    context = {"contact": contact(), "cookies": cookies.all_of_them()}
    return render(request, "content/privacy.html", context)


@same_for_all
def site_map(request: HttpRequest) -> HttpResponse:
    """Every page that can be reached without knowing an identifier."""
    return render(request, "content/site_map.html")


@open_to_all
def news(request: HttpRequest) -> HttpResponse:
    """The latest news first."""
    texts = NewsText.objects.published(get_language())
    page = Paginator(texts, NEWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "content/news.html", {"page": page})


@open_to_all
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news."""
    text = NewsText.objects.published(get_language()).filter(news__slug=slug).first()
    if text is None and News.objects.filter(slug=slug).exclude(withdrawn_at=None).exists():
        return errors.gone(request)
    if text is None:
        raise Http404
    return render(request, "content/article.html", {"article": text})


@open_to_all
def service_status(request: HttpRequest) -> HttpResponse:
    """What works at the moment."""
    context = {"services": status.services(), "at": clock.now(), "contact": contact()}
    return render(request, "content/service_status.html", context)


@open_to_all
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: nothing of a demonstration."""
    context = {"demo": settings.DEMO, "languages": [code for code, _name in settings.LANGUAGES]}
    return render(request, "content/robots.txt", context, content_type="text/plain")


@open_to_all
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    context = {
        "contact": settings.SECURITY_CONTACT,
        "expires": f"{clock.now() + SECURITY_TEXT_VALID:%Y-%m-%dT%H:%M:%SZ}",
        "languages": [code for code, _name in settings.LANGUAGES],
        "site_url": settings.SITE_URL,
    }
    return render(request, "content/security.txt", context, content_type="text/plain")
