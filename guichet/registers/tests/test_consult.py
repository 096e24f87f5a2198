"""Asking the registers: what comes back, what is written down, what stays secret."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from guichet.refusals import Refused
from guichet.registers import actions, invented
from guichet.registers.base import Business, Closed, Unavailable
from guichet.registers.careful import Care, Careful
from guichet.registers.models import Consultation
from tests import cast

pytestmark = pytest.mark.django_db

LEA = "1983081974925"


@pytest.fixture(autouse=True)
def _own_registers(settings, tmp_path):
    settings.DATA = tmp_path
    actions.forget_connectors()
    yield
    actions.forget_connectors()


def search(text):
    return actions.search_businesses(text, by=None, purpose="space")


def names(text):
    return [business.name for business in search(text)]


def refusal(text):
    with pytest.raises(Refused) as caught:
        search(text)
    return caught.value


# --- People


def test_lea_is_found_as_the_guide_prints_her():
    lea = actions.look_up_citizen(LEA, by=None, purpose="registration")
    assert lea is not None
    assert (lea.title, lea.name) == ("Madame", "Léa Guichet")
    assert lea.address.lines == ("11, allée du Guichet", "L-0000 Luxembourg")
    assert (lea.address.street, lea.address.postal_code, lea.address.locality) == (
        "11, allée du Guichet",
        "L-0000",
        "Luxembourg",
    )


def test_a_question_is_written_down_without_the_number():
    ada = cast.a_person("Ada Muller")
    actions.look_up_citizen(LEA, by=ada, purpose="registration")

    [consultation] = Consultation.objects.all()
    assert consultation.register == "population"
    assert consultation.outcome == "found"
    assert consultation.purpose == "registration"
    assert consultation.by == f"person:{ada.pk}"
    assert [consultation] == list(Consultation.objects.all().about(LEA))
    stored = str(Consultation.objects.values().get())
    assert LEA not in stored
    assert "Guichet" not in stored


def test_nobody_is_an_answer_too():
    assert actions.look_up_citizen("1893120105732", by=None, purpose="registration") is None
    assert Consultation.objects.get().outcome == "not-found"


def test_a_closed_register_is_not_nobody():
    with invented.closed("population"), pytest.raises(Unavailable):
        actions.look_up_citizen(LEA, by=None, purpose="registration")
    assert Consultation.objects.get().outcome == "unavailable"
    assert actions.look_up_citizen(LEA, by=None, purpose="registration")


class Broken:
    asked = 0

    def citizen(self, national_number):
        Broken.asked += 1
        raise ConnectionResetError(national_number)


def test_a_broken_register_is_left_in_peace_and_forgotten(settings, monkeypatch):
    settings.POPULATION_REGISTER = f"{__name__}.Broken"
    care = Care(pause=timedelta(0), failures_before_rest=4)
    monkeypatch.setattr(actions, "Careful", lambda register: Careful(register, care))
    monkeypatch.setattr(actions, "import_string", lambda path: Broken)
    for _ in range(6):
        with pytest.raises(Unavailable):
            actions.look_up_citizen(LEA, by=None, purpose="registration")
    assert Broken.asked == 4
    assert Consultation.objects.filter(outcome="unavailable").count() == 6


def test_a_question_joins_the_callers_transaction():
    with transaction.atomic():
        actions.look_up_citizen(LEA, by=None, purpose="registration")
        transaction.set_rollback(True)
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("wrong", [{"purpose": ""}, {"register": "gossip"}, {"outcome": "perhaps"}])
def test_the_database_keeps_the_rules(wrong):
    fields = {"register": "population", "purpose": "registration", "outcome": "found"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.create(**(fields | wrong))


# --- Businesses


@pytest.mark.parametrize(
    "typed",
    [
        "boulangerie muller",
        "BOULANGERIE MÜLLER",
        "mull boul",
        "Boulangerie Muller S.à r.l.",
        "muller s a r l",
    ],
)
def test_a_bakery_is_found_by_words_in_any_writing(typed):
    assert names(typed)[0] == "Boulangerie Muller Sàrl"


def test_every_kind_of_number_finds_it():
    [bakery] = search("Boulangerie Muller Sàrl")
    for number in (bakery.rcs, bakery.vat, bakery.national_number):
        spaced = f"{number[:4]} {number[4:]}".lower()
        assert search(spaced) == [bakery]
        assert actions.business(spaced, by=None, purpose="space") == bakery
    assert bakery.reference == bakery.rcs
    assert Consultation.objects.all().about(bakery.rcs).count() == 2


def test_ten_at_most_and_the_nearest_first():
    assert len(search("sarl")) == 10
    found = names("café")
    assert found[0].startswith("Café")
    assert "Repair Café des Deux-Ponts ASBL" in found


def test_a_middle_of_a_word_is_no_start():
    assert "Boulangerie Muller Sàrl" not in names("ouler")
    assert names("zzzz") == []


def test_a_business_that_does_not_exist():
    assert search("B999999") == []
    assert actions.business("B999999", by=None, purpose="space") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "search-too-short"),
        ("a", "search-too-short"),
        ("« ! »", "search-too-short"),
        ("LU12345678", "vat-check"),
        ("20212400029", "business-number-check"),
        ("202124000261", "business-number-length"),
        (LEA, "person-number-searched"),
    ],
)
def test_what_cannot_be_searched_says_why(typed, code):
    no = refusal(typed)
    assert (no.code, no.field) == (code, "text")


def test_words_are_no_reference():
    with pytest.raises(Refused) as caught:
        actions.business("Boulangerie Muller", by=None, purpose="space")
    assert caught.value.code == "no-business-number"


def test_the_number_of_a_person_never_leaves():
    independent = next(
        b for b in invented.businesses() if b.legal_form == "self-employed" and b.rcs
    )
    [found] = [b for b in search(independent.name) if b.rcs == independent.rcs]
    again = actions.business(found.reference, by=None, purpose="space")
    for business in (found, again):
        assert isinstance(business, Business)
        assert business.national_number == ""
        assert [manager.national_number for manager in business.managers] == [""]
        assert business.managers[0].name == independent.managers[0].name


def test_a_company_keeps_its_own_number_and_not_its_managers():
    [bakery] = search("Boulangerie Muller Sàrl")
    assert bakery.national_number.startswith("2012")
    assert bakery.managers[0].name == "Ada Muller"
    assert bakery.managers[0].national_number == ""


def test_a_closed_business_register():
    with invented.closed("business"):
        for ask in (lambda: search("muller"), lambda: search("B195681")):
            with pytest.raises(Closed):
                ask()
        assert actions.look_up_citizen(LEA, by=None, purpose="registration")
    assert Consultation.objects.filter(outcome="unavailable").count() == 2


def test_only_a_register_that_exists_can_be_closed():
    with pytest.raises(ValueError, match="gossip"):
        invented.close("gossip")


def test_labels_of_legal_forms_are_translated():
    [bakery] = search("Boulangerie Muller Sàrl")
    with translation.override("fr"):
        assert str(bakery.legal_form.label) == "Société à responsabilité limitée (Sàrl)"
    with translation.override("de"):
        assert str(bakery.legal_form.label) == "Gesellschaft mit beschränkter Haftung (Sàrl)"
