"""Merging and leaving lose nothing, leave nothing behind, and give nobody more than foreseen."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from guichet import clock
from guichet.desk import actions, previews
from guichet.desk.keepers import KEEPERS, name_of
from guichet.desk.papers import merger_report
from guichet.files.models import File
from guichet.ids import new_id
from guichet.persons.models import Account, Agent, Authority, Person
from guichet.procedures.models import Attachment, Draft, PublishedVersion, Signature, Submission
from guichet.proofs import codes
from guichet.proofs.models import Receipt
from guichet.signon.models import Credential
from guichet.spaces import actions as spaces
from guichet.spaces.actions.moving import Right, right_of, united
from guichet.spaces.models import (
    AccessCode,
    Appointment,
    Certification,
    Company,
    GivenIdentifier,
    Membership,
    Merger,
    Role,
    Service,
    Space,
    SpaceDraft,
)
from guichet.spaces.tests.given import a_professional_space, words
from guichet.spaces.themes import Theme
from tests.cast import a_credential, a_merger, a_person, signed_on

ROLES = [role.value for role in Role]


def somebody() -> Person:
    """One more person, whom the invented register does not know."""
    return a_person("Un Membre")


# --- Rights

rights = some.builds(
    Right,
    role=some.sampled_from(ROLES),
    limits=some.sets(some.sampled_from(Theme.values), max_size=3).map(lambda s: tuple(sorted(s))),
    only=some.sampled_from(["", "a" * 32, "b" * 32]),
)


@given(rights, rights)
def test_united_rights_hold_both_and_are_the_same_either_way(one, other):
    both = united(one, other)
    assert both.covers(one)
    assert both.covers(other)
    assert both == united(other, one)
    assert united(both, one) == both


@given(rights, rights, rights)
def test_covering_is_an_order(one, other, third):
    assert one.covers(one)
    if one.covers(other) and other.covers(third):
        assert one.covers(third)
    if one.covers(other) and other.covers(one):
        assert one == other


# Who is in which of two spaces, as what. The first two administrate one each.
crowd = some.lists(
    some.tuples(some.none() | rights, some.none() | rights).filter(any), min_size=1, max_size=6
)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(crowd)
def test_after_merging_each_has_what_the_preview_lists_and_all_they_had(crowd):
    with transaction.atomic():
        absorbed, kept = a_space("Bakery"), a_space("Roofs")
        for wanted in crowd:
            person = somebody()
            products = {mark * 32: a_credential(person) for mark in "ab"}
            for space, right in zip((absorbed, kept), wanted, strict=True):
                if right is not None:
                    a_place(person, space, right, products)
        before = previews.foresee(absorbed, kept)
        spaces.hand_over(absorbed, kept)
        now = {
            member.person_id: right_of(member) for member in Membership.objects.filter(space=kept)
        }
        assert now == {place.person: place.after for place in before.places}
        for place in before.places:
            for had in (place.in_absorbed, place.in_kept):
                assert had is None or now[place.person].covers(had)
        assert not Membership.objects.filter(space=absorbed).exists()
        transaction.set_rollback(True)


def a_space(name: str) -> Space:
    return a_professional_space(somebody(), name)


def a_place(
    person: Person, space: Space, right: Right, products: dict[str, Credential]
) -> Membership:
    return Membership.objects.create(
        space=space,
        person=person,
        role=right.role,
        limits=list(right.limits),
        only_with=products.get(right.only),
        origin=Membership.Origin.INVITATION,
        notification_email=person.email,
    )


# --- Rows


def keys_to_spaces() -> list[tuple[type[models.Model], str]]:
    """Every model with a key to a space, and the name of that key."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Space
    ]


def a_row(model: type[models.Model], space: Space, /, **given: Any) -> models.Model:
    """A row of any model: what is not given and has no default is made up from its type."""
    given = {**_SPECIAL.get(model, dict)(), **given}
    if model in _OF_A_SPACE:  # or of a visitor, says a constraint
        given.setdefault("space", space)
    for field in model._meta.concrete_fields:
        if (
            field.name not in given
            and not field.has_default()
            and not field.null
            and not field.blank
        ):
            given[field.name] = _made_up(field, space)
    return model._default_manager.create(**given)


def _made_up(field: Any, space: Space) -> Any:
    if isinstance(field, models.ForeignKey):
        known: dict[Any, Callable[[], Any]] = {
            Person: somebody,
            Agent: an_agent,
            Space: lambda: space,
        }
        make = known.get(field.related_model)
        return make() if make else a_row(field.related_model, space)
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.EmailField):
        return f"{new_id().hex}@example.lu"
    if isinstance(field, models.UUIDField):
        return new_id()
    if isinstance(field, models.CharField | models.TextField):
        return new_id().hex[: field.max_length]
    if isinstance(field, models.DateTimeField):
        return clock.now()
    if isinstance(field, models.BinaryField):
        return b"x"
    if isinstance(field, models.JSONField):
        return {}
    raise NotImplementedError(f"say in _SPECIAL how to fill {field}")


def an_agent() -> Agent:
    authority, _new = Authority.objects.get_or_create(code="desk", defaults={"names": {}})
    account = Account.objects.create(kind=Account.Kind.AGENT)
    return Agent.objects.create(account=account, authority=authority, email="a@example.lu")


_OF_A_SPACE = (Attachment, Draft, Submission)
# What a constraint of the database asks for.
_SPECIAL: dict[type[models.Model], Callable[[], dict[str, Any]]] = {
    Attachment: lambda: {"attached_by": somebody()},
    Draft: lambda: {"begun_by": somebody(), "saved_by": somebody()},
    Submission: lambda: {"sent_by": somebody()},
    AccessCode: lambda: {"grade": "holder", "made_by": an_agent(), "expires_at": clock.now()},
    Appointment: lambda: {"dropped_at": clock.now()},  # an open one would hinder
    File: lambda: {"digest": new_id().hex * 2, "size_bytes": 1},
    PublishedVersion: lambda: {"number": 1},
    Receipt: lambda: {"code": codes.new_code(), "signature": "0" * 128},
    Signature: lambda: {"withdrawn_at": clock.now()},  # an awaited one would hinder
    SpaceDraft: lambda: {"finished_at": clock.now()},
    GivenIdentifier: lambda: {"identifier": f"PM-{new_id().hex[-6:].upper()}"},
    Merger: lambda: {
        "preview": {},
        "asked_from_kept": False,
        "consented_at": clock.now(),
        "done_at": clock.now(),
    },
}


def filled(space: Space) -> None:
    """One row in every table that has a key to a space, besides those that are there."""
    for model, name in keys_to_spaces():
        if model is not Company:  # each has one
            a_row(model, space, **{name: space})


def count_rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model, _name in keys_to_spaces()}


def left_of(key: UUID) -> dict[str, int]:
    """How many rows name the space."""
    found = {
        f"{model._meta.label}.{name}": model._default_manager.filter(**{name: key}).count()
        for model, name in keys_to_spaces()
    }
    return {name: number for name, number in found.items() if number}


@pytest.mark.django_db
def test_no_row_is_lost_and_none_is_left_behind():
    ada = a_person("Ada Muller")
    absorbed, kept = a_professional_space(ada, "Bakery"), a_professional_space(ada, "Roofs")
    filled(absorbed)
    filled(kept)
    foreseen = previews.foresee(absorbed, kept)
    before = count_rows()
    merger = Merger.objects.create(
        absorbed=absorbed,
        kept=kept,
        absorbed_identifier=absorbed.identifier,
        kept_identifier=kept.identifier,
        preview=foreseen.kept(),
        preview_digest=foreseen.digest,
        asked_by=ada,
        asked_from_kept=False,
        consented_by=ada,
        consented_at=clock.now() - Merger.TO_THINK_IT_OVER,
    )
    assert actions.carry_out(merger.pk)
    merger.refresh_from_db()
    assert merger.outcome["moved"] == foreseen.moves
    assert left_of(absorbed.pk) == {}
    lost = {"spaces.Company": 1, "spaces.Membership": 1}  # the record goes; Ada was in both
    lost["spaces.Merger"] = -1  # this one
    assert count_rows() == {label: number - lost.get(label, 0) for label, number in before.items()}
    assert not Space.objects.filter(pk=absorbed.pk).exists()


@pytest.mark.django_db
def test_a_forgotten_table_stops_the_merger(monkeypatch):
    """The row of the space is not deleted over the heads of those that still name it."""
    ada = a_person("Ada Muller")
    absorbed, kept = a_professional_space(ada, "Bakery"), a_professional_space(ada, "Roofs")
    foreseen = previews.foresee(absorbed, kept)
    merger = Merger.objects.create(
        absorbed=absorbed,
        kept=kept,
        preview=foreseen.kept(),
        asked_by=ada,
        asked_from_kept=False,
        consented_at=clock.now() - Merger.TO_THINK_IT_OVER,
    )
    forgetful = {"spaces.memberships": 0}
    keeper = next(one for one in KEEPERS if name_of(one) == "spaces")
    monkeypatch.setattr(keeper, "hand_over", lambda _a, _k: forgetful)
    with pytest.raises(IntegrityError):
        carry_out_and_check(merger)
    assert Space.objects.filter(pk=absorbed.pk).exists()


@transaction.atomic
def carry_out_and_check(merger: Merger) -> None:
    """As at the commit, which a test never reaches."""
    actions.carry_out(merger.pk)
    connection.check_constraints()


@pytest.mark.django_db
def test_leaving_takes_everything_of_one_space_and_nothing_of_another():
    ada = a_person("Ada Muller")
    going, staying = a_professional_space(ada, "Bakery"), a_professional_space(ada, "Roofs")
    filled(going)
    filled(staying)
    before = left_of(staying.pk)
    counts = {name_of(keeper): keeper.leave(going) for keeper in KEEPERS}
    assert counts["spaces"]["memberships"] == 3  # Ada, another one, and one who is told
    assert left_of(going.pk) == {}
    assert left_of(staying.pk) == before
    Space.objects.filter(pk=going.pk).delete()
    assert GivenIdentifier.objects.get(pk=going.identifier).retired_at


# --- Certifications


def a_service(code: str = "tax-cards") -> Service:
    authority, _new = Authority.objects.get_or_create(code="acd", defaults={"names": {"fr": "ACD"}})
    names = {"fr": "Fiches", "en": "Tax cards"}
    return Service.objects.get_or_create(
        code=code, defaults={"authority": authority, "names": names, "theme": Theme.TAXES}
    )[0]


def certified(
    space: Space, grade: str = "holder", holder: Certification | None = None, **values: Any
) -> Certification:
    service = a_service()
    code = AccessCode.objects.create(
        service=service,
        grade=grade,
        digest=new_id().hex * 2,
        expires_at=clock.now(),
        made_by=an_agent(),
        holder=holder,
    )
    person = Membership.objects.filter(space=space).earliest("since").person
    return Certification.objects.create(
        space=space,
        service=service,
        grade=grade,
        code=code,
        holder=holder,
        entered_by=person,
        **values,
    )


@pytest.mark.django_db
def test_of_two_holders_the_kept_ones_stays_and_takes_over_the_agents():
    absorbed, kept, agent, both = (a_space(name) for name in ("A", "B", "C", "D"))
    ends, stays = certified(absorbed), certified(kept)
    theirs = certified(agent, "agent", ends)
    double, own = certified(both, "agent", ends), certified(both, "agent", stays)
    foreseen = previews.foresee(absorbed, kept)
    assert foreseen.conflicts == {"tax-cards"}
    spaces.hand_over(absorbed, kept)
    for row in (ends, stays, theirs, double, own):
        row.refresh_from_db()
    assert (ends.revoked_why, ends.space) == ("merger", kept)
    assert stays.revoked_at is None
    assert (theirs.holder, theirs.revoked_at) == (stays, None)
    assert (double.revoked_why, own.revoked_at) == ("merger", None)
    assert theirs.code.holder == stays


@pytest.mark.django_db
def test_a_holder_whose_time_is_over_does_not_end_one_in_use():
    absorbed, kept = a_space("A"), a_space("B")
    used, over = certified(absorbed), certified(kept, until=clock.now())
    spaces.hand_over(absorbed, kept)
    used.refresh_from_db()
    over.refresh_from_db()
    assert (used.space, used.revoked_at) == (kept, None)
    assert over.revoked_why == "merger"


@pytest.mark.django_db
def test_two_agents_of_one_holder_become_one_and_nobody_is_agent_of_themselves():
    absorbed, kept, third = a_space("A"), a_space("B"), a_space("C")
    holder = certified(third)
    first, second = certified(absorbed, "agent", holder), certified(kept, "agent", holder)
    own = certified(absorbed, "agent", certified(kept))
    foreseen = previews.foresee(absorbed, kept)
    assert {fate.what for fate in foreseen.fates} == {"double", "own", "stays"}
    assert foreseen.moves["spaces.certifications-ended"] == 2
    assert spaces.hand_over(absorbed, kept)["certifications-ended"] == 2
    for row in (first, second, own):
        row.refresh_from_db()
    assert [row.revoked_why for row in (first, second, own)] == ["merger", "", "merger"]


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["absorbed", "kept"])
def test_a_service_that_others_would_reach_unseen_is_more_than_was_agreed(side):
    absorbed, kept = a_space("A"), a_space("B")
    agreed = previews.foresee(absorbed, kept)
    certified({"absorbed": absorbed, "kept": kept}[side])
    now = previews.foresee(absorbed, kept)
    assert now.exceeds(agreed)
    assert not agreed.exceeds(now)


@pytest.mark.django_db
def test_a_new_conflict_is_more_than_was_agreed_and_an_old_one_is_not():
    absorbed, kept = a_space("A"), a_space("B")
    certified(absorbed)
    agreed = previews.foresee(absorbed, kept)
    certified(kept)
    now = previews.foresee(absorbed, kept)
    assert now.exceeds(agreed)
    assert not now.exceeds(now)
    assert not agreed.exceeds(now)
    assert previews.Preview.read(now.kept()) == now


@pytest.mark.django_db
def test_page_and_report_say_in_words_what_becomes_of_certifications(client):
    ada = a_person("Ada Muller", language="en")
    absorbed, kept = a_professional_space(ada, "Bakery"), a_professional_space(ada, "Roofs")
    certified(absorbed)
    certified(kept)
    signed_on(client, ada)
    page = words(client.get(f"/en/espaces/fusionner/{absorbed.identifier}/{kept.identifier}/"))
    assert "Tax cards" in page
    assert "Ends: both eSpaces are holders, and there is one for each service." in page
    assert "Stays, and is open to everybody who joins" in page
    foreseen = previews.foresee(absorbed, kept)
    merger = Merger.objects.create(
        absorbed=absorbed,
        kept=kept,
        absorbed_identifier=absorbed.identifier,
        kept_identifier=kept.identifier,
        preview=foreseen.kept(),
        asked_by=ada,
        consented_by=ada,
        asked_from_kept=False,
        consented_at=clock.now() - Merger.TO_THINK_IT_OVER,
    )
    assert actions.carry_out(merger.pk)
    report = merger_report(Merger.objects.get(pk=merger.pk))
    assert "Tax cards" in report
    assert "Ends: both eSpaces are holders" in report


@pytest.mark.django_db
def test_who_consents_is_told_what_hinders_and_can_still_decline(client):
    ada = a_person("Ada Muller", language="en")
    merger = a_merger(ada)
    Space.objects.filter(identifier=merger.absorbed_identifier).update(
        binned_at=clock.now(), binned_by=ada
    )
    signed_on(client, ada)
    page = words(client.get(f"/en/espaces/fusionner/{merger.pk}/accepter/"))
    assert "It is in the bin. Bring it back first." in page
    assert "Consent to the merger</button>" not in page
    assert client.post(f"/en/espaces/fusionner/{merger.pk}/annuler/").status_code == 302
    assert Merger.objects.get(pk=merger.pk).cancelled_at


@pytest.mark.django_db
def test_a_space_that_goes_for_good_takes_its_open_mergers_along():
    merger = a_merger(a_person("Ada Muller"))
    assert merger.kept is not None
    spaces.leave(merger.kept)
    merger.refresh_from_db()
    assert merger.cancelled_at
    assert merger.kept is None
