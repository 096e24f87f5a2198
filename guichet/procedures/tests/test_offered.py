"""What is offered: the catalogue, a procedure's page, the way in, favourites, what is frequent."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation

from guichet import clock
from guichet.ids import new_id
from guichet.persons.models import Authority
from guichet.procedures import about, actions, catalogue, following, offers
from guichet.procedures.catalogue import Listed
from guichet.procedures.definitions.model import Definition, Delay, Procedure
from guichet.procedures.models import Draft, Favourite, PublishedVersion, Submission
from guichet.procedures.offers import Filter
from guichet.procedures.tests.given import CODE, a_draft, member_of, page
from guichet.proofs import actions as proofs
from guichet.spaces.models import AccessCode, Certification, Membership, Role, Service
from guichet.spaces.tests.given import (
    a_company,
    a_member,
    a_private_space,
    a_professional_space,
    words,
)
from tests.cast import a_person, signed_on
from tests.racing import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def ada(client):
    ada = a_person("Ada Muller", email="ada@example.lu", language="en")
    signed_on(client, ada)
    return ada


def like(one: Listed, code: str, **other: Any) -> Listed:
    """A procedure like another one, under its own code and with other settings."""
    source = one.procedure.model_dump(mode="json") | {"procedure": code} | other
    form = one.forms[1]
    title = {"title": f"Garden {code}"}
    texts = {language: {**text, **title} for language, text in form.texts.items()}
    definition = form.definition.model_copy(update={"procedure": code})
    changed = type(form)(definition, texts, form.digest, form.checked)
    return Listed(Procedure.model_validate_json(json.dumps(source)), {1: changed})


@pytest.fixture
def offered(monkeypatch):
    """Offer these procedures, made `like` the garden permit, and no others."""
    first = catalogue.procedures()[CODE]

    def offer(*made: tuple[str, dict[str, Any]], keep: bool = True) -> dict[str, Listed]:
        known = {CODE: first} if keep else {}
        known |= {code: like(first, code, **other) for code, other in made}
        for code in known:
            version = PublishedVersion.objects.filter(procedure=code, number=1)
            if not version.exists():
                source = PublishedVersion.objects.get(procedure=CODE).source
                PublishedVersion.objects.create(
                    procedure=code, number=1, digest="0" * 64, source=source
                )
        monkeypatch.setattr(catalogue, "procedures", lambda: known)
        return known

    return offer


# --- The catalogue


def test_the_catalogue_costs_little_and_leaves_no_cookie(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        shown = client.get(page("catalogue"))
    assert "public" in shown.headers["Cache-Control"]
    assert not shown.cookies
    text = words(shown)
    assert 'role="search"' in text
    assert "Garden permit" in text
    assert page("theme", "premises") in text
    with django_assert_num_queries(1):  # the authorities' names, for the index
        client.get(page("catalogue"), {"q": "garden"})
    with django_assert_num_queries(0):
        found = client.get(page("catalogue"), {"q": "garden"})
    assert "1 procedure for “garden”" in words(found)


def test_two_hundred_procedures_stand_on_pages_of_25(client, offered):
    made = [
        (f"g{number:03}", {"themes": ["aids"], "audience": ["business"]}) for number in range(199)
    ]
    offered(*made)
    first, last = client.get(page("catalogue")), client.get(page("catalogue"), {"page": 8})
    assert words(first).count("<li><div><h3>") == words(last).count("<li><div><h3>") == 25
    assert "By theme" in words(first)
    assert "By theme" not in words(last)
    assert "Page 8 of 8" in words(last)
    aids = words(client.get(page("theme", "aids")))
    assert "199 procedures" in aids
    assert f"{page('theme', 'aids')}?pour=citizen" in aids
    nothing = words(client.get(page("theme", "aids"), {"pour": "citizen"}))
    assert "Nothing is left with these filters." in nothing


def test_filters_count_what_they_would_leave(offered):
    offered(
        ("one", {"audience": ["citizen"], "sign_on": "possible"}),
        ("two", {"audience": ["business"], "themes": ["aids", "taxes"]}),
    )
    found = offers.found(Filter())
    counts = {row["label"]: row["count"] for row in found.audiences(lambda other: "")}
    assert list(counts.values()) == [3, 2, 2]
    assert found.count(open_only=True) == 1
    themes = found.themes(lambda other: other.theme)
    assert sorted((row["url"], row["count"]) for row in themes) == [
        ("aids", 1),
        ("premises", 2),
        ("taxes", 1),
    ]
    narrowed = offers.found(Filter(theme="aids", audience="business"))
    assert [one.code for one in narrowed.procedures] == ["two"]


def test_without_a_result_there_are_ways_on(client):
    text = words(client.get(page("catalogue"), {"q": "zzqqxx"}))
    assert "Nothing found for “zzqqxx”" in text
    assert page("theme", "premises") in text
    assert "Ask us" in text


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "\x00", "a" * 5000, "%00%ff", "‮abc", "' OR 1=1 --"]
)
def test_hostile_words_are_only_words(client, query):
    for address in (page("catalogue"), page("theme", "premises")):
        shown = client.get(address, {"q": query, "theme": query, "pour": query, "page": query})
        assert shown.status_code == 200
        assert b"<script>alert" not in shown.content
        assert len(shown.context["filter"].query) <= 200


def test_a_theme_that_is_none_is_not_there(client):
    assert client.get(page("theme", "gardens")).status_code == 404


def test_the_order_of_titles_does_not_look_at_accents(monkeypatch):
    titles = {"1": "Établissement", "2": "Eau", "3": "Énergie", "4": "fusion"}
    monkeypatch.setattr(Listed, "title", property(lambda one: titles[one.code]))
    known = catalogue.procedures()[CODE]
    listed = offers.by_title(like(known, code) for code in titles)
    assert [one.title for one in listed] == ["Eau", "Énergie", "Établissement", "fusion"]


# --- The page of a procedure


def test_a_procedures_page_says_what_one_needs_to_know(client, django_assert_num_queries):
    Authority.objects.create(code="acd", names={"fr": "Jardins", "en": "The garden office"})
    Authority.objects.create(code="commune", names={"fr": "Mairie", "en": "The town hall"})
    with django_assert_num_queries(1):
        shown = client.get(page("procedure", CODE))
    assert "public" in shown.headers["Cache-Control"]
    text = words(shown)
    for said in (
        "You can begin until 31 December 2030.",
        "What you have begun can be sent until 30 June 2031.",
        "Plan (optional)",
        "Depending on your answers, the answer comes within 10 working days or 30 days.",
        "The garden office",
        "The town hall",
        "Which one decides depends on your answers.",
        "We read your request.",
        "Whether it is for you depends on your answers.",
        "You sign with your authentication product.",
        "Depending on your answers, somebody signs in another eSpace: The neighbour.",
        "“substantial” or “high”",
        "€20, or €50 with a fence.",
        page("where", CODE),
    ):
        assert said in text, said


@pytest.mark.parametrize(
    ("delay", "said"),
    [
        (None, ""),
        (Delay(days=0), "The answer comes at once."),
        (Delay(months=3, silence="granted"),
         "The answer comes within 3 months. If there is none, it counts as a yes."),
        (Delay(days=1, silence="refused"),
         "The answer comes within 1 day. If there is none, it counts as a no."),
        (Delay(days=15, working=True), "The answer comes within 15 working days."),
        (Delay(months=1, days=10), "The answer comes within 1 month and 10 days."),
    ],
)  # fmt: skip
def test_a_delay_in_words(delay, said):
    definition: Definition = catalogue.procedures()[CODE].latest.definition
    with translation.override("en"):
        changed = definition.model_copy(update={"delay": delay, "delay_if": ()})
        assert " ".join(following.answers(changed)) == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cents", "words", "said"),
    [
        (0, "", []),
        (1800, "", ["€18.00"]),
        (1800, "Communes may add a fee.", ["€18.00", "Communes may add a fee."]),
        (0, "Some communes charge a fee.", ["Some communes charge a fee."]),
    ],
)
def test_what_it_costs_is_said_as_an_amount_and_in_words(cents, words, said):
    known = catalogue.procedures()[CODE]
    form = known.forms[1]
    said_of_it = {"cost": words} if words else {}
    texts = {
        code: {name: text for name, text in told.items() if name != "cost"} | said_of_it
        for code, told in form.texts.items()
    }
    definition = form.definition.model_copy(update={"cost_cents": cents})
    listed = Listed(known.procedure, {1: type(form)(definition, texts, "", form.checked)})
    with translation.override("en"):
        assert about.about(listed)["cost"] == said


V = dict[str, Any]


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ([{"version": 1}], ""),
        ([{"version": 1, "start_until": "2026-12-31"}], "You can begin until 31 December 2026."),
        ([{"version": 1, "start_until": "2026-06-01"}], "Closed since 2 June 2026."),
        ([{"version": 1, "start_from": "2027-01-02"}],
         "Not open yet. It opens on 2 January 2027."),
        ([{"version": 1, "start_until": "2026-06-01", "send_until": "2026-12-01"}],
         "Closed since 2 June 2026. What you have begun can be sent until 1 December 2026."),
        # the next version goes on where the first one ends
        ([{"version": 1, "start_until": "2026-12-31"}, {"version": 2, "start_from": "2027-01-01"}],
         ""),
        ([{"version": 1, "start_until": "2026-12-31"},
          {"version": 2, "start_from": "2027-01-01", "start_until": "2027-03-31"}],
         "You can begin until 31 March 2027."),
        ([{"version": 1, "start_until": "2026-06-01"}, {"version": 2, "start_from": "2027-02-01"}],
         "Closed since 2 June 2026. It opens on 1 February 2027."),
    ],
)  # fmt: skip
def test_dates_in_words(versions: list[V], said: str):
    known = catalogue.procedures()[CODE]
    listed = like(known, "dated", versions=versions)
    listed = Listed(listed.procedure, {1: listed.forms[1], 2: listed.forms[1]})
    with translation.override("en"):
        assert " ".join(about.dates(listed, date(2026, 11, 25))) == said


def test_papers_always_asked_for_and_those_that_depend(offered):
    form = catalogue.procedures()[CODE].latest
    (paper,) = form.papers
    asked = paper.model_copy(update={"optional": False})
    for shown, always, depending in (
        (asked, ["Plan"], []),
        (asked.model_copy(update={"show_if": "fence"}), [], ["Plan"]),
        (asked.model_copy(update={"required_if": "fence"}), [], ["Plan"]),
        (asked.model_copy(update={"later": True}), ["Plan (can be handed in later)"], []),
        (asked.model_copy(update={"agent_only": True}), [], []),
    ):
        pages = tuple(
            one.model_copy(
                update={"items": tuple(shown if i.id == "plan" else i for i in one.items)}
            )
            for one in form.pages
        )
        definition = form.definition.model_copy(update={"pages": pages})
        changed = type(form)(definition, form.texts, form.digest, form.checked)
        with translation.override("en"):
            assert about.papers(changed, changed.words("en")) == (always, depending)


def test_a_closed_procedure_says_so_and_offers_no_button(client, ada, offered):
    a_private_space(ada)
    offered(("shut", {"versions": [{"version": 1, "start_until": "2020-01-31"}]}))
    text = words(client.get(page("procedure", "shut")))
    assert "Closed since 1 February 2020." in text
    assert page("where", "shut") not in text
    assert client.get(page("where", "shut")).url == page("procedure", "shut")
    assert "Closed at the moment" in words(client.get(page("catalogue")))


# --- The way in


def test_the_way_in_asks_for_sign_on_and_comes_back():
    answer = Client().get(page("where", CODE))
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["next"] == [page("where", CODE)]


def test_one_space_that_fits_leads_straight_to_the_beginning(client, ada):
    space = a_private_space(ada)
    assert client.get(page("where", CODE)).url == page("begin", space.identifier, CODE)
    asked = client.get(page("where", CODE), {"choisir": "1"})
    assert "Create a business eSpace" in words(asked)


def test_with_several_spaces_one_chooses(client, ada, django_assert_max_num_queries):
    private, company = a_private_space(ada), a_professional_space(ada, "Bakery")
    client.get(page("where", CODE))
    with django_assert_max_num_queries(6):
        text = words(client.get(page("where", CODE)))
    for space in (private, company):
        assert page("begin", space.identifier, CODE) in text
    straight = client.get(page("where", CODE), {"espace": "prive"})
    assert straight.url == page("begin", private.identifier, CODE)


def test_a_new_private_space_leads_to_the_beginning(client, ada):
    shown = client.get(page("where", CODE))
    url = shown.context["private_url"]
    answer = client.post(url, {"notification_email": "ada@example.lu"}, follow=True)
    space = Membership.objects.get(person=ada).space
    assert answer.redirect_chain[-1][0] == page("begin", space.identifier, CODE)


def test_a_new_business_space_leads_back_to_the_procedure(client, ada):
    url = client.get(page("where", CODE)).context["professional_url"]
    form = client.get(url).context["form"]
    once = form["once"].value()
    company = client.post(url, {"name": "Bakery", "once": once}).url
    hand = company.replace("/entreprise/", "/entreprise/saisie/")
    typed = {
        **a_company().values(),
        "revision": client.get(hand).context["form"]["revision"].value(),
    }
    user = client.post(hand, typed).url
    form = client.get(user).context["form"]
    typed = {"revision": form["revision"].value(), "notification_email": "ada@example.lu"}
    finished = client.post(user, typed, follow=True)
    assert finished.context["return_to"] == page("where", CODE)
    space = Membership.objects.get(person=ada).space
    assert client.get(page("where", CODE)).url == page("begin", space.identifier, CODE)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/fr/nowhere/"])
def test_nobody_is_led_elsewhere(client, ada, back):
    answer = client.post(
        "/en/espaces/prive/creer/?next=" + back, {"notification_email": "ada@example.lu"}
    )
    space = Membership.objects.get(person=ada).space
    assert answer.url == f"/en/espaces/{space.identifier}/"


def a_service(code: str = "tax-cards") -> Service:
    authority, _new = Authority.objects.get_or_create(code="acd", defaults={"names": {"fr": "ACD"}})
    return Service.objects.create(
        code=code, authority=authority, names={"fr": "Fiches", "en": "Tax cards"}, theme="taxes"
    )


def certify(member: Membership, service: Service) -> Certification:
    code = AccessCode.objects.create(
        service=service,
        grade="holder",
        digest=str(uuid4()),
        expires_at=clock.now() + timedelta(days=1),
        made_by_member=member.person,
    )
    return Certification.objects.create(
        space=member.space, service=service, grade="holder", code=code, entered_by=member.person
    )


def test_a_space_that_is_not_certified_is_shown_with_the_way_on(client, ada, offered):
    offered(("cards", {"certified_for": "tax-cards", "audience": ["business"]}))
    service = a_service()
    bakery, garage = a_professional_space(ada, "Bakery"), a_professional_space(ada, "Garage")
    text = words(client.get(page("where", "cards")))
    assert text.count("This eSpace is not certified for: Tax cards.") == 2
    assert page("begin", garage.identifier, "cards") in text
    refused = client.get(page("begin", garage.identifier, "cards"))
    assert refused.status_code == 403
    assert "How to get the certification" in words(refused)
    held = certify(member_of(ada, bakery), service)
    assert client.get(page("where", "cards")).url == page("begin", bakery.identifier, "cards")
    Certification.objects.filter(pk=held.pk).update(until=clock.now())
    assert client.get(page("where", "cards")).status_code == 200
    assert "Only for eSpaces certified for “Tax cards”." in words(
        client.get(page("procedure", "cards"))
    )


def test_what_is_over_or_closed_certifies_nobody(ada, offered):
    one = offered(("cards", {"certified_for": "tax-cards"}))["cards"]
    service, member = a_service(), member_of(ada, a_professional_space(ada))
    assert offers.obstacles([member], [one])
    held = certify(member, service)
    assert offers.obstacles([member], [one]) == {}
    Service.objects.update(closed_at=clock.now())
    assert offers.obstacles([member], [one])
    Service.objects.update(closed_at=None)
    Certification.objects.filter(pk=held.pk).update(revoked_at=clock.now(), revoked_why="misuse")
    assert offers.obstacles([member], [one])


# --- In a space


def sent(member: Membership, code: str, at: datetime | None = None) -> None:
    """Something that was sent, as far as counting goes."""
    Submission.objects.create(
        space=member.space,
        version=PublishedVersion.objects.get(procedure=code),
        reference=str(new_id())[-14:],
        digest="0" * 64,
        answers_sealed=b"",
        language="en",
        receipt=proofs.vouch({"kind": "submission"}),
        salt="0" * 32,
        sent_by=member.person,
        sent_at=at or clock.now(),
    )


def test_frequent_is_what_the_space_sends_then_what_everybody_sends(
    ada, offered, django_assert_num_queries
):
    offered(("a", {}), ("b", {}), ("c", {}), ("old", {}), ("pro", {"audience": ["business"]}))
    mine = member_of(ada, a_private_space(ada))
    tom = a_person("Tom Weber")
    other = member_of(tom, a_private_space(tom))
    for code in ("a", "a", "b", "b", "b", "gone"):
        if code != "gone":
            sent(mine, code)
    for code in ("c", "c", "c", "c", "pro", "pro", CODE):
        sent(other, code)
    sent(other, "old", clock.now() - timedelta(days=61))
    assert [one.code for one in offers.frequent(mine)] == ["b", "a", "c", CODE]
    with django_assert_num_queries(1):
        assert [one.code for one in offers.frequent(mine, 2)] == ["b", "a"]
    with django_assert_num_queries(0):
        read = offers.frequent(mine, 2, sent=["a", "b", "gone", "b"])
    assert [one.code for one in read] == ["b", "a"]
    with django_assert_num_queries(0):
        codes = [one.code for one in offers.frequent_for_all()]
    assert codes == ["c", "b", "a", "pro", CODE]


def test_nothing_sent_is_nothing_frequent(ada):
    assert offers.frequent(member_of(ada, a_private_space(ada))) == []


def test_favourites_are_marked_and_taken_away_by_buttons(client, ada, django_assert_num_queries):
    space = a_private_space(ada)
    choose, favour = page("choose", space.identifier), page("favour", space.identifier, CODE)
    version = space.version
    for _twice in range(2):
        assert client.post(favour + "?q=garden", {"mark": "yes"}).url == choose + "?q=garden"
    assert [one.code for one in offers.favourites(ada)] == [CODE]
    space.refresh_from_db()
    assert space.version == version + 1
    client.get(choose)  # what was said is shown once
    with django_assert_num_queries(4):
        text = words(client.get(choose))
    assert "Favourites" in text
    assert "Remove from favourites" in text
    assert client.get(favour).url == choose  # only a button marks
    for _twice in range(2):
        client.post(favour, {"mark": "no"})
    assert not Favourite.objects.exists()
    assert client.post(page("favour", space.identifier, "nothing")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_favourite(ada):
    member = member_of(ada, a_private_space(ada))
    results = together(*[lambda: actions.favour(member, code=CODE)] * 4)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Favourite.objects.count() == 1


def test_a_space_offers_its_own_and_finds_them(client, ada, offered, django_assert_num_queries):
    offered(("pro", {"audience": ["business"]}))
    space = a_private_space(ada)
    choose = page("choose", space.identifier)
    text = words(client.get(choose))
    assert "Garden permit" in text
    assert "Garden pro" not in text
    assert f"{choose}?theme=premises" in text
    assert "1 procedure for “gadren”" in words(client.get(choose, {"q": "gadren"}))
    assert "Nothing found for “zzz”" in words(client.get(choose, {"q": "zzz"}))


def test_what_one_may_not_begin_is_shown_with_the_reason(client, ada, offered):
    a_service()
    offered(
        ("aid", {"themes": ["aids"]}),
        ("cards", {"themes": ["aids"], "certified_for": "tax-cards"}),
        ("shut", {"themes": ["aids"], "versions": [{"version": 1, "start_until": "2020-01-31"}]}),
    )
    tom = a_person("Tom Weber")
    space = a_professional_space(tom)
    limited = a_member(ada, space, Role.MANAGER)
    Membership.objects.filter(pk=limited.pk).update(limits=["aids"])
    text = words(client.get(page("choose", space.identifier)))
    assert text.count("Your role is limited to: Financial aid.") == 1  # the garden permit
    assert "This eSpace is not certified for: Tax cards." in text
    assert "Closed since 1 February 2020." in text
    assert "aid" in {one.code for one in offers.fitting(limited)}
    Membership.objects.filter(pk=limited.pk).update(limits=[], role=Role.READER)
    text = words(client.get(page("choose", space.identifier)))
    assert "You can look at procedures, not begin them." in text


def test_before_one_begins_stand_the_drafts_and_both_dates(
    client, ada, django_assert_max_num_queries
):
    member = member_of(ada, a_private_space(ada))
    begin = page("begin", member.space.identifier, CODE)
    assert "You already have a draft" not in words(client.get(begin))
    draft = a_draft(member)
    with django_assert_max_num_queries(6):
        text = words(client.get(begin))
    assert text.index(page("fill", member.space.identifier, draft.pk)) < text.index("Before you")
    assert "You can begin until 31 December 2030." in text
    assert "What you have begun can be sent until 30 June 2031." in text
    assert Draft.objects.count() == 1


def test_the_front_page_leads_to_search_and_to_what_is_frequent(client, ada):
    member = member_of(ada, a_private_space(ada))
    sent(member, CODE)
    text = words(Client().get("/en/"))
    assert f'action="{page("catalogue")}"' in text
    assert page("procedure", CODE) in text
