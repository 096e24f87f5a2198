"""What follows from sending: the fee, who decides, until when; before, after, and on paper."""

from datetime import date

import pytest
import time_machine
from django.utils import translation

from guichet.persons.models import Authority
from guichet.procedures import actions, following
from guichet.procedures.definitions.model import Delay
from guichet.procedures.presented import presented
from guichet.procedures.rules import kinds, workdays
from guichet.procedures.tests.given import page
from guichet.procedures.tests.people import COMPLETE, HIGH_FENCE, Somebody, answered, send
from guichet.spaces.tests.given import words


@pytest.mark.django_db
@pytest.mark.usefixtures("published")
@time_machine.travel("2026-12-15T10:00:00+01:00")
def test_the_fee_and_the_day_stand_where_ada_signs_and_where_she_looks_afterwards(
    settings, tmp_path
):
    settings.DATA = tmp_path
    Authority.objects.create(code="acd", names={"fr": "Jardins", "en": "The garden office"})
    ada = Somebody("Ada Muller")
    tree = {"_row": "r1", "kind": "oak", "planted": "2020-01-01"}
    draft = answered(
        ada.member,
        {**COMPLETE, "size": 2000, "fence": True, "fence_height": 100, "trees": [tree]},
    )
    desk = ada.at_the_desk()
    shown = words(desk.get(page("check", ada.space.identifier, draft.pk)))
    for said in ("€50.00", "The garden office", "Sent today, that is until 30 December 2026."):
        assert said in shown, said
    submission = send(ada, draft)
    with time_machine.travel("2027-03-01T10:00:00+01:00"):
        desk = ada.at_the_desk()
        sent = words(desk.get(page("sent", ada.space.identifier, submission.reference)))
    for said in ("€50.00", "within 10 working days. That is until 30 December 2026."):
        assert said in sent, said
    assert actions.made_paper(submission, "slip").size_bytes


@pytest.mark.parametrize(
    ("delay", "start", "end"),
    [
        (Delay(days=30), "2026-03-02", "2026-04-01"),
        (Delay(days=30), "2026-03-06", "2026-04-07"),  # Sunday, then Easter Monday
        (Delay(months=1), "2026-01-31", "2026-03-02"),  # the last of February is a Saturday
        (Delay(months=3), "2026-09-24", "2026-12-24"),
        (Delay(months=3), "2026-09-25", "2026-12-28"),  # Christmas, and Saint Stephen's
        (Delay(days=3, working=True), "2026-04-02", "2026-04-08"),
        (Delay(days=1, working=True), "2026-06-22", "2026-06-24"),  # the national day
        (Delay(months=1, days=5, working=True), "2026-04-01", "2026-05-08"),
        (Delay(days=10), "9999-12-30", None),
    ],
)
def test_a_delay_ends_on_a_day_when_offices_are_open(delay, start, end):
    found = following.ends(delay, date.fromisoformat(start))
    assert (found and found.isoformat()) == end


def test_eleven_public_holidays_a_year_and_ten_before_2019():
    assert [len(workdays.holidays(year)) for year in (2018, 2019, 2026)] == [10, 11, 11]
    # In 2008 Ascension Day was the first of May.
    assert len(workdays.holidays(2008)) == 9
    found = sorted(map(kinds.day_text, workdays.holidays(2027)))
    assert found == [
        "2027-01-01", "2027-03-29", "2027-05-01", "2027-05-06", "2027-05-09", "2027-05-17",
        "2027-06-23", "2027-08-15", "2027-11-01", "2027-12-25", "2027-12-26",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("published")
def test_the_first_rule_that_holds_decides_and_otherwise_the_procedure():
    Authority.objects.create(code="commune", names={"fr": "Mairie", "en": "The town hall"})
    ada = Somebody("Ada Muller")
    with translation.override("en"):
        state = presented(answered(ada.member, HIGH_FENCE)).state
        assert following.authority_of(state) == "commune"
        assert ("Authority", "The town hall") in following.rows(state)
        nothing = presented(answered(ada.member, {})).state
        assert following.authority_of(nothing) == "acd"
        assert nothing.cost_cents() is None
        assert [row.label for row in following.rows(nothing)] == ["When the answer comes"]
