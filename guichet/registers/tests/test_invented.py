"""The invented people and businesses are such as could exist."""

import json
import runpy
from datetime import date
from pathlib import Path

from guichet.registers import identifiers, invented
from guichet.registers.base import Address, LegalForm

ROOT = Path(__file__).resolve().parents[3]
CAST = [
    "Léa Guichet",
    "Tom Weber",
    "Ada Muller",
    "Marc Klein",
    "Nora Schmit",
    "Jean Hoffmann",
    "Eva Wagner",
    "Paul Thill",
    "Zoé Braun",
    "Luc Reuter",
    "Inês Beatriz da Silva Ferreira de Albuquerque",
    "Karl Steinmetz-von Hohenfels",
]


def test_there_are_about_a_hundred_of_each():
    assert 90 <= len(invented.citizens()) <= 110
    assert 90 <= len(invented.businesses()) <= 110


def test_the_cast_is_known_but_for_mia():
    names = [citizen.name for citizen in invented.citizens().values()]
    assert names[: len(CAST)] == CAST
    assert not [name for name in names if "Kremer" in name]


def test_everybody_has_a_true_number_and_birthday():
    for number, citizen in invented.citizens().items():
        assert identifiers.person_number(number) == citizen.national_number == number
        assert identifiers.birth_date(number) == citizen.birth_date <= date(2026, 1, 1)
        assert citizen.title in ("Madame", "Monsieur")
        assert len(citizen.address.lines) == 2


def test_some_live_together():
    addresses = [citizen.address for citizen in invented.citizens().values()]
    shared = {address for address in addresses if addresses.count(address) > 2}
    assert len(shared) > 5


def test_every_business_has_true_numbers_of_its_own():
    numbers = []
    for business in invented.businesses():
        if business.rcs:
            assert identifiers.rcs_number(business.rcs) == business.rcs
        if business.vat:
            assert identifiers.vat_number(business.vat) == business.vat
        assert identifiers.business_or_person_number(business.national_number)
        assert identifiers.postal_code(business.address.postal_code)
        numbers += [n for n in (business.rcs, business.vat, business.national_number) if n]
    assert len(numbers) == len(set(numbers))


def test_the_letter_and_the_digits_match_the_form():
    letters = {
        LegalForm.SELF_EMPLOYED: "A",
        LegalForm.GIE: "C",
        LegalForm.SCI: "E",
        LegalForm.ASBL: "F",
        LegalForm.FOUNDATION: "G",
    }
    for business in invented.businesses():
        assert business.rcs == "" or business.rcs[0] == letters.get(business.legal_form, "B")
        own = business.legal_form is LegalForm.SELF_EMPLOYED
        assert len(business.national_number) == (13 if own else 11)
        assert business.founded_on is not None
        assert own or business.national_number[:4] == str(business.founded_on.year)
        assert business.nace_code
        assert business.activity


def test_managers_are_people_of_age():
    for business in invented.businesses():
        assert business.managers
        for manager in business.managers:
            citizen = invented.citizens()[manager.national_number]
            assert business.founded_on is not None
            assert business.founded_on.year - citizen.birth_date.year >= 18


def test_a_self_employed_person_has_their_own_number():
    for business in invented.businesses():
        if business.legal_form is LegalForm.SELF_EMPLOYED:
            assert business.national_number in invented.citizens()
            assert business.reference != business.national_number


def test_most_forms_occur():
    assert len({business.legal_form for business in invented.businesses()}) >= 12


def test_the_files_are_what_the_tool_writes(tmp_path):
    tool = runpy.run_path(str(ROOT / "tools" / "invent_registers.py"), run_name="tool")
    tool["write"](tmp_path)
    for name in ("persons.json", "businesses.json"):
        committed = ROOT / "guichet" / "registers" / "data" / name
        assert json.loads((tmp_path / name).read_text()) == json.loads(committed.read_text())


def test_an_address_abroad_has_no_code_of_ours():
    address = Address(("Hauptstraße 1", "54290 Trier", "Deutschland"))
    assert (address.postal_code, address.locality) == ("", "Deutschland")
    assert (Address(()).street, Address(()).locality) == ("", "")
