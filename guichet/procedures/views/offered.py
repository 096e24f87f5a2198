"""What is offered: the catalogue, the page of a procedure, and the way into the right space."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guichet.access import same_for_all
from guichet.procedures import actions, catalogue, offers, pages, policy
from guichet.procedures.about import about
from guichet.procedures.catalogue import Listed
from guichet.procedures.forms import BeginForm
from guichet.procedures.models import Draft
from guichet.procedures.offers import Filter, Offer
from guichet.signon.requests import PersonRequest
from guichet.spaces import policy as spaces
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can
from guichet.spaces.themes import Theme

ON_A_PAGE = 25
RELATED_MAX = 5

# In the address of the way in: show the choice, or go straight into one's private space.
CHOOSE, SPACE, PRIVATE = "choisir", "espace", "prive"


@same_for_all
def all_procedures(request: HttpRequest) -> HttpResponse:
    """Everything that can be asked of the State here, by theme, by search, by name."""
    return _catalogue(request, Filter.read(request.GET))


@same_for_all
def theme(request: HttpRequest, theme: str) -> HttpResponse:
    """What concerns one theme."""
    if theme not in Theme.values:
        raise Http404(_("There is no such theme."))
    return _catalogue(request, Filter.read(request.GET, theme=theme))


@same_for_all
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """What a procedure is, who it is for, what one needs; and how to begin."""
    found = _listed(code)
    others = [
        one
        for one in offers.by_title(catalogue.procedures().values())
        if one is not found and set(one.procedure.themes) & set(found.procedure.themes)
    ]
    context = {**about(found), "related": others[:RELATED_MAX]}
    return render(request, "procedures/procedure.html", context)


def where(request: PersonRequest, code: str) -> HttpResponse:
    """In which of one's spaces to do it; with one that fits, straight there."""
    found = _listed(code)
    if found.current() is None:
        return redirect("procedures:procedure", code)
    rows = Membership.objects.filter(person=request.person, space__binned_at=None)
    members = [
        member
        for member in rows.select_related("space").order_by("space__name", "space__identifier")
        if offers.fits(found, member)
    ]
    obstacles = _obstacles(request, members, found)
    ready = [member for member in members if member.space_id not in obstacles]
    if request.GET.get(SPACE) == PRIVATE:
        ready = [member for member in ready if member.space.is_private] or ready
    if len(ready) == 1 and CHOOSE not in request.GET:
        return redirect("procedures:begin", ready[0].space.identifier, code)
    here = reverse("procedures:where", args=[code])
    has_private = any(member.space.is_private for member in members)
    context = {
        "procedure": found,
        "title": found.title,
        "ready": ready,
        "others": [
            {"space": member.space, "why": obstacles[member.space_id]}
            for member in members
            if member.space_id in obstacles
        ],
        "private_url": ""
        if has_private or not found.for_private
        else _and_back("spaces:create_private", f"{here}?{urlencode({SPACE: PRIVATE})}"),
        "professional_url": _and_back("spaces:start", here) if found.for_professional else "",
    }
    return render(request, "procedures/where.html", context)


def choose(request: PersonRequest, identifier: str) -> HttpResponse:
    """What can be begun in this space: favourites, what is frequent, everything else."""
    member = spaces.membership(request.sign_on, identifier, to=Can.VIEW)
    narrowed = Filter.read(request.GET)
    here = reverse("procedures:choose", args=[identifier])
    fitting = offers.fitting(member)
    found = offers.found(narrowed, fitting)
    page = Paginator(found.procedures, ON_A_PAGE).get_page(request.GET.get("page"))
    marked = offers.favourites(request.person)
    first = [] if narrowed.is_on else [one for one in marked if one in fitting]
    often = [] if narrowed.is_on else [one for one in offers.frequent(member) if one not in first]
    may = spaces.may(member, Can.PREPARE)
    obstacles = offers.obstacles([member], [*page, *first, *often]) if may else {}

    def line(one: Listed) -> Offer:
        url = reverse("procedures:begin", args=[identifier, one.code])
        return Offer(one, url, obstacles.get((member.space_id, one.code), ""), one in marked)

    context = {
        "space": member.space,
        "member": member,
        "may": may,
        "filter": narrowed,
        "here": here,
        "themes": found.themes(lambda other: other.url(here)),
        "theme_label": Theme(narrowed.theme).label if narrowed.theme else "",
        "page": page,
        "offers": [line(one) for one in page],
        "favourites": [line(one) for one in first],
        "frequent": [line(one) for one in often],
        "parameters": narrowed.parameters(),
    }
    return render(request, "procedures/choose.html", context)


def favour(request: PersonRequest, identifier: str, code: str) -> HttpResponse:
    """Mark a procedure as a favourite, or take the mark away, and back to the list."""
    member = spaces.membership(request.sign_on, identifier, to=Can.VIEW)
    if request.method == "POST":
        found = _listed(code)
        words = {"title": found.title}
        if request.POST.get("mark") == "no":
            actions.unfavour(member, code=code)
            messages.success(request, _("No longer a favourite: %(title)s.") % words)
        else:
            actions.favour(member, code=code)
            messages.success(request, _("Now a favourite: %(title)s.") % words)
    back = reverse("procedures:choose", args=[identifier])
    return redirect(Filter.read(request.GET).url(back))


def begin(request: PersonRequest, identifier: str, code: str) -> HttpResponse:
    """Before one begins: the drafts that are there already, and what is needed."""
    member = spaces.membership(request.sign_on, identifier, to=Can.VIEW)
    found = policy.startable(member, code)
    form = BeginForm(request.POST or None)
    draft = form.submit(actions.begin, member, code=code)
    if draft is not None:
        return redirect("procedures:fill", identifier, draft.pk)
    drafts = Draft.objects.open().filter(space=member.space_id, version__procedure=code)
    context = {
        **about(found),
        "space": member.space,
        "form": form,
        "drafts": [
            {"draft": one, "saved": pages.saved_at(one, request.person.pk)}
            for one in drafts.select_related("saved_by").order_by("-saved_at")[:10]
        ],
        "elsewhere_url": f"{reverse('procedures:where', args=[code])}?{CHOOSE}=1",
    }
    return render(request, "procedures/begin.html", context)


def _catalogue(request: HttpRequest, narrowed: Filter) -> HttpResponse:
    found = offers.found(narrowed)
    page = Paginator(found.procedures, ON_A_PAGE).get_page(request.GET.get("page"))
    themes = found.themes(_address)
    themes_shown = [] if narrowed.query or narrowed.theme or page.number > 1 else themes
    if not found.everything:
        themes_shown = offers.found(Filter()).themes(_address)
    context = {
        "filter": narrowed,
        "theme_label": Theme(narrowed.theme).label if narrowed.theme else "",
        "audiences": found.audiences(_address),
        "themes": themes,
        "themes_shown": themes_shown,
        "all_themes_url": _address(narrowed.but(theme="")),
        "open_count": found.count(open_only=True),
        "open_url": _address(narrowed.but(open_only=not narrowed.open_only)),
        "page": page,
        "offers": [
            Offer(
                one,
                reverse("procedures:procedure", args=[one.code]),
                "" if one.current() else _("Closed at the moment"),
            )
            for one in page
        ],
        "parameters": narrowed.parameters(),
        "without_url": _address(Filter(query=narrowed.query)),
        "without_count": len(found.everything),
    }
    return render(request, "procedures/catalogue.html", context)


def _address(narrowed: Filter) -> str:
    """Where the catalogue is narrowed so; a theme has an address of its own."""
    if narrowed.theme and not narrowed.query:
        path = reverse("procedures:theme", args=[narrowed.theme])
        return narrowed.but(theme="").url(path)
    return narrowed.url(reverse("procedures:catalogue"))


def _obstacles(
    request: PersonRequest, members: list[Membership], found: Listed
) -> dict[object, str]:
    """By space, why it cannot be done there by whoever asks."""
    reasons: dict[object, str] = {
        space: reason for (space, _code), reason in offers.obstacles(members, [found]).items()
    }
    for member in members:
        if member.only_with_id not in (None, request.sign_on.credential_id):
            reasons[member.space_id] = _("This eSpace opens to you with another product.")
    return reasons


def _and_back(view: str, back: str) -> str:
    """A page that leads to `back` when it is done."""
    return f"{reverse(view)}?{urlencode({'next': back})}"


def _listed(code: str) -> Listed:
    found = catalogue.listed(code)
    if found is None:
        raise Http404(_("There is no such procedure."))
    return found
