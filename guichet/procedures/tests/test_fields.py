"""What people type, what is kept of it, and what is said to them: one table for every type.

The questions are those of the definition `every-type`, which has each type once.
"""

import copy
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter
from pydantic import ValidationError as ModelError

from guichet.design.forms import Form as DesignForm
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.library import Shelf, read_library, read_procedure
from guichet.procedures.fields import ALL, AnyItem, Question, Scene, type_name
from guichet.procedures.fields.lists import communes
from guichet.procedures.filling import look
from guichet.procedures.rules import kinds
from guichet.procedures.rules.kinds import Kind
from guichet.registers.invented import businesses, closed
from tests.cast import LEA_NUMBER, a_number

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 25, 18, 50, tzinfo=UTC)
LANGUAGES = ("fr", "de", "en")
GIVEN: dict[str, Any] = {
    "lease": [{"code": "d-1", "label": "Bail 2024.pdf"}, {"code": "d-2", "label": "Avenant.pdf"}],
    "earlier": [{"code": "2026-ABCD", "label": "2026-ABCD, vélo"}],
    "family": [{"name": "Léa Muller", "born": "2016-03-27"}],
    "register_name": {
        "value": "Ada Muller",
        "source": "RNPP",
        "read_at": "2026-11-25T10:00:00+01:00",
        "contest": "/fr/contester/",
    },
}


@cache
def every_type() -> Form:
    shelf = read_library([HERE / "definitions"])
    assert shelf.faults == []
    return shelf.procedures["every-type"].forms[1]


def scene(language: str = "fr", known: dict[str, Any] | None = None) -> Scene:
    form = every_type()
    given = GIVEN if known is None else known
    state = look(form, {}, today=NOW.date(), now=NOW, given=given)
    return state.scene(form.words(language))


def question(name: str) -> Question:
    found = every_type().items[name]
    assert isinstance(found, Question)
    return found


def made(**settings: Any) -> Any:
    """A question of its own, where the definition has none like it."""
    return TypeAdapter[Any](AnyItem).validate_python({"id": "q", **settings}, strict=False)


# --- Typed, and what is kept. The first of each is also drawn, said and told to rules.

READ: list[tuple[str, Any, Any]] = [
    ("nickname", "  Ada \u202e  Lovelace ", "Ada Lovelace"),
    ("story", "Un jour\r\n  deux ", "Un jour\ndeux"),
    ("badge", "ab 1234", "AB-1234"),
    ("badge", "AB.1234", "AB-1234"),
    ("children", " 3 ", 3),
    ("height", "1,75", "1.75"),
    ("height", "1.750", "1.75"),
    ("rent", "1.234,50 €", 123450),
    ("share", "12,5 %", "12.5"),
    ("share", "100", "100"),
    ("heating_oil", ["1.5", "litre"], {"amount": "1.5", "unit": "litre"}),
    ("heating_oil", ["", "litre"], None),
    ("has_car", "no", False),
    ("has_read", "on", True),
    ("home", ["flat", ""], "flat"),
    ("home", ["other", " une  péniche"], {"code": "other", "text": "une péniche"}),
    ("home", ["", "une péniche"], {"code": "other", "text": "une péniche"}),
    ("home", ["house", "une péniche"], "house"),
    ("pets", ["dog", "cat"], ["cat", "dog"]),
    ("fuel", "diesel", "diesel"),
    ("activity", "10", {"code": "10", "version": "Rev. 2"}),
    ("activity", "10.71", {"code": "10", "version": "Rev. 2"}),
    ("wishes", ["tram", "bus"], ["tram", "bus"]),
    ("mark", "4", 4),
    ("opinion", ["agree", "neutral"], {"clear": "agree", "quick": "neutral"}),
    ("born", ["27", "3", "1983"], "1983-03-27"),
    ("married", ["", "", "1983"], "1983"),
    ("married", ["", "5", "1983"], "1983-05"),
    ("married", ["27", "05", "1983"], "1983-05-27"),
    ("opens", "8h40", "08:40"),
    ("opens", "8.40", "08:40"),
    ("opens", "0840", "08:40"),
    ("opens", "8 Uhr 40", "08:40"),
    ("opens", "2:05 pm", "14:05"),
    ("opens", "12 pm", "12:00"),
    ("accident", ["28", "3", "2026", "8:40"], "2026-03-28T08:40"),
    ("accident", ["25", "10", "2026", "2:30 summer"], "2026-10-25T02:30+02:00"),
    ("accident", ["25", "10", "2026", "02:30 hiver"], "2026-10-25T02:30+01:00"),
    (
        "stay",
        ["1", "7", "2026", "31", "7", "2026"],
        {"from": "2026-07-01", "until": "2026-07-31"},
    ),
    ("stay", ["1", "7", "2026", "", "", ""], {"from": "2026-07-01"}),
    ("email", " mailto:Ada@EXAMPLE.lu, ", "Ada@example.lu"),
    ("mobile", "621 123 456", "+352621123456"),
    ("mobile", "00352 621-123.456", "+352621123456"),
    ("mobile", "+33 6 12 34 56 78", "+33612345678"),
    ("website", "www.example.lu/a?b=c", "https://www.example.lu/a?b=c"),
    (
        "residence",
        ["11, rue du Fossé", "", "l 1536", "Luxembourg"],
        {
            "line1": "11, rue du Fossé",
            "postal_code": "L-1536",
            "locality": "Luxembourg",
            "country": "LU",
        },
    ),
    ("birthplace", "PT", "PT"),
    ("birthplace", "tchéquie", "CZ"),
    ("birthplace", "portugal", "PT"),
    ("birthplace", "YUCS", "YUCS"),
    ("citizenship", "Apatride", "XXA"),
    ("commune", "bous-waldbredimus", "bous-waldbredimus"),
    ("commune", "Wahl", "wahl"),
    ("guest", ["李", "王", ""], {"given": "李", "family": "王"}),
    ("guest", ["-", "Suharto", "Raden"], {"given": "-", "family": "Suharto", "birth": "Raden"}),
    ("matricule", "1983 0819.749-25", "1983081974925"),
    ("tenant", ["1983 0819 74925", "Muller"], {"number": "1983081974925", "family": "Muller"}),
    (
        "family",
        [["2016-03-27 Léa Muller"], [["Tom  Muller", "1.2.2019"], ["", ""]]],
        [
            {"name": "Léa Muller", "born": "2016-03-27"},
            {"name": "Tom Muller", "born": "2019-02-01"},
        ],
    ),
    ("guarantor", ["Tom", "Tom@Example.LU"], {"name": "Tom", "email": "Tom@example.lu"}),
    ("guarantor", ["Tom", "pm 7k2m4q"], {"name": "Tom", "space": "PM-7K2M4Q"}),
    ("company_number", "2021 2400 026", "20212400026"),
    ("company_rcs", "RCS Luxembourg b 123456", "B123456"),
    ("company_vat", "lu 150 274 42", "LU15027442"),
    ("company_vat", "FR 83 404 833 048", "FR83404833048"),
    ("establishment", "Atelier Nord", "Atelier Nord"),
    ("supplier", "b 123456", {"number": "B123456"}),
    (
        "account",
        ["lu28 0019 4006 4475 0000", "bceelull", "Ada Muller"],
        {"iban": "LU280019400644750000", "bic": "BCEELULL", "holder": "Ada Muller"},
    ),
    (
        "account",
        ["IBAN LU28-0019-4006-4475-0000", "", "Ada Muller"],
        {"iban": "LU280019400644750000", "holder": "Ada Muller"},
    ),
    ("plate", "ab 1234", "AB1234"),
    ("plate", "12-345", "12345"),
    ("plate", "ab12", "AB12"),
    ("chassis", "1m8gdm9a-xkp042788", "1M8GDM9AXKP042788"),
    (
        "costs",
        [["Vélo", "1.234,50", "27 mars 2026"], ["", "", ""], ["Casque", "40", ""]],
        [
            {"what": "Vélo", "amount": 123450, "paid_on": "2026-03-27"},
            {"what": "Casque", "amount": 4000},
        ],
    ),
    (
        "portrait",
        ["0192f3a4-0000-7000-8000-000000000000"],
        ["0192f3a4-0000-7000-8000-000000000000"],
    ),
    ("scrawl", "k1", ["k1"]),
    ("lease", ["d-2"], ["d-2"]),
    ("earlier", "2026-abcd", "2026-ABCD"),
    (
        "register_name",
        "somebody else",
        {"value": "Ada Muller", "source": "RNPP", "read_at": "2026-11-25T10:00:00+01:00"},
    ),
    ("campaign", "spring-2026", "spring-2026"),
    ("campaign", "<script>", None),
    ("destination", "Porto", "Porto"),
    ("nights", "7", 7),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("badge", "A1-2345", "format-unlike"),
    ("badge", "ÄB-1234", "format-unlike"),
    ("children", "trois", "number-unreadable"),
    ("children", "21", "number-big"),
    ("height", "un mètre", "number-unreadable"),
    ("height", "1,755", "number-places"),
    ("height", "0,4", "number-small"),
    ("height", "2,9", "number-big"),
    ("rent", "beaucoup", "money-unreadable"),
    ("share", "101", "number-big"),
    ("heating_oil", ["3", ""], "unit-missing"),
    ("heating_oil", ["3", "gallon"], "choice-unknown"),
    ("heating_oil", ["20000", "litre"], "number-big"),
    ("home", ["castle", ""], "choice-unknown"),
    ("home", ["other", ""], "other-missing"),
    ("pets", ["cat", "no-pet"], "wrong"),
    ("pets", ["cow"], "choice-unknown"),
    ("fuel", "fossil", "choice-unknown"),
    ("activity", "04", "choice-unknown"),
    ("wishes", ["bus", "bus"], "ranking-twice"),
    ("wishes", ["bus", ""], "ranking-incomplete"),
    ("wishes", ["bus", "boat"], "choice-unknown"),
    ("mark", "6", "choice-unknown"),
    ("opinion", ["agree", ""], "likert-incomplete"),
    ("opinion", ["agree", "maybe"], "choice-unknown"),
    ("born", ["31", "2", "1983"], "date-unknown"),
    ("born", ["1", "1", "2050"], "date-late"),
    ("married", ["5", "", "1983"], "date-incomplete"),
    ("married", ["", "13", "1983"], "date-month"),
    ("married", ["", "", "1883"], "number-small"),
    ("opens", "25:00", "time-unreadable"),
    ("opens", "tôt", "time-unreadable"),
    ("opens", "05:59", "time-early"),
    ("opens", "22:01", "time-late"),
    ("accident", ["29", "3", "2026", "2:30"], "hour-skipped"),
    ("accident", ["25", "10", "2026", "2:30"], "hour-twice"),
    ("accident", ["25", "11", "2027", "2:30"], "moment-late"),
    ("accident", ["25", "11", "2026", ""], "time-unreadable"),
    ("accident", ["", "", "", "8:40"], "date-unreadable"),
    ("stay", ["2", "7", "2026", "1", "7", "2026"], "period-backwards"),
    ("stay", ["1", "1", "2026", "1", "12", "2026"], "period-long"),
    ("stay", ["", "", "", "1", "12", "2026"], "period-incomplete"),
    ("email", "ada@localhost", "email-unreadable"),
    ("email", "ada", "email-unreadable"),
    ("mobile", "26 12 34 56", "phone-mobile"),
    ("mobile", "12", "phone-unreadable"),
    ("mobile", "appelez-moi", "phone-unreadable"),
    ("website", "http://example.lu", "url-scheme"),
    ("website", "javascript:alert(1)", "url-scheme"),
    ("website", "https://ada:secret@example.lu", "url-credentials"),
    ("website", "https://127.0.0.1/", "url-unreadable"),
    ("website", "https://[::1]/", "url-unreadable"),
    ("website", "https://router.local/", "url-unreadable"),
    ("website", "https://localhost/", "url-unreadable"),
    ("website", "https://0x7f.1/", "url-unreadable"),
    ("website", "https://[oops/", "url-unreadable"),
    ("website", "https://example.lu:99999/", "url-unreadable"),
    ("residence", ["11, rue du Fossé", "", "", "Luxembourg"], "address-incomplete"),
    ("residence", ["11, rue du Fossé", "", "123", "Luxembourg"], "postal-code-length"),
    ("birthplace", "Atlantide", "choice-unknown"),
    ("birthplace", "XXA", "choice-unknown"),
    ("commune", "Trèves", "choice-unknown"),
    ("guest", ["Ada", "", ""], "name-family"),
    ("guest", ["", "Muller", ""], "name-given"),
    ("guest", ["Ada", "...", ""], "name-family"),
    ("matricule", "1983081974924", "person-number-check"),
    ("matricule", "1983", "person-number-length"),
    ("tenant", ["1983081974925", ""], "name-family"),
    ("tenant", ["", "Muller"], "person-number-missing"),
    ("family", [[], [["Tom", ""]]], "line-wrong"),
    ("family", [[], [["", "1.2.2019"]]], "line-wrong"),
    ("family", [[], [["Tom", "demain"]]], "line-wrong"),
    ("family", [[], [["Tom", "1.2.2119"]]], "date-late"),
    ("family", [["2016-03-27 Tom"], []], "choice-unknown"),
    ("guarantor", ["Tom", ""], "where-missing"),
    ("guarantor", ["", "tom@example.lu"], "name-missing"),
    ("guarantor", ["Tom", "chez moi"], "identifier-shape"),
    ("guarantor", ["Tom", "tom@"], "email-unreadable"),
    ("company_number", "20212400029", "business-number-check"),
    ("company_rcs", "123456", "rcs-letter"),
    ("company_vat", "LU15027443", "vat-check"),
    ("company_vat", "FR83404833049", "vat-check"),
    ("company_vat", "ZZ12345678", "vat-check"),
    ("supplier", "Boulangerie", "no-business-number"),
    ("supplier", "1983081974925", "business-number-length"),
    ("account", ["LU28 0019 4006 4475 0001", "", "Ada"], "iban-check"),
    ("account", ["un compte", "", "Ada"], "iban-unreadable"),
    ("account", ["", "", "Ada"], "iban-unreadable"),
    ("account", ["LU28 0019 4006 4475 0000", "BCEE", "Ada"], "bic-unreadable"),
    ("account", ["LU28 0019 4006 4475 0000", "", ""], "holder-missing"),
    ("plate", "W-1234 AB", "plate-unlike"),
    ("chassis", "1M8GDM9AXKP04278", "vin-length"),
    ("chassis", "1M8GDM9A1KP042788", "vin-check"),
    ("costs", [["Vélo", "cher", ""]], "line-wrong"),
    ("costs", [["Vélo", "", ""]], "line-incomplete"),
    ("costs", [["Vélo", "12", "un jour"]], "line-wrong"),
    ("portrait", ["a", "b"], "files-many"),
    ("lease", ["d-9"], "choice-unknown"),
    ("lease", ["d-1", "d-2"], "choice-many"),
    ("earlier", "2026-ZZZZ", "choice-unknown"),
]

NOTHING: tuple[Any, ...] = (None, "", [], ["", ""], [[], []], [["", ""]])
FIRST = {name: answer for name, _typed, answer in reversed(READ) if answer is not None}
ASKED = sorted(FIRST)


def clean(name: str, typed: Any, language: str = "fr") -> Any:
    with translation.override(language):
        return question(name).field(scene(language)).clean(typed)


@pytest.mark.parametrize(("name", "typed", "answer"), READ)
def test_what_people_type_is_understood(name, typed, answer):
    assert clean(name, typed) == answer


@pytest.mark.parametrize(("name", "typed", "code"), REFUSED)
def test_what_cannot_be_right_gets_a_sentence(name, typed, code):
    with pytest.raises(ValidationError) as refused:
        clean(name, typed)
    [fault] = refused.value.error_list
    assert fault.code == code
    [sentence] = refused.value.messages
    assert sentence.endswith((".", "?"))
    assert "%(" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "typed", "answer"), READ)
def test_what_was_kept_can_be_typed_again_and_said(name, typed, answer, language):
    if answer is None:
        return
    asked, where = question(name), scene(language)
    with translation.override(language):
        shown = asked.typed(answer, where)
        assert asked.field(where).clean(shown) == answer
        said = asked.said(answer, where)
    assert said
    assert "%(" not in said


@pytest.mark.parametrize(("name", "typed", "answer"), READ)
def test_nothing_typed_is_no_answer_and_every_answer_has_its_schema(name, typed, answer):
    asked = question(name)
    schema = asked.json_schema()
    Draft202012Validator.check_schema(schema)
    if answer is not None:
        assert list(Draft202012Validator(schema).iter_errors(answer)) == []
    if type_name(type(asked)) != "register-value":
        for nothing in NOTHING:
            assert asked.field(scene()).clean(nothing) is None


def test_every_question_of_the_definition_is_in_the_table():
    asked = {item.id for item in every_type().questions()} - {"trips"}
    assert asked == set(ASKED)


def test_every_type_is_in_the_definition():
    used = {type(item) for item in every_type().items.values()}
    assert {type_name(of) for of in ALL} == {type_name(of) for of in used}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_a_type_needs_is_written(language):
    words = every_type().words(language)
    missing = [
        "/".join(path)
        for item in every_type().items.values()
        for path in item.texts()
        if not words(*path)
    ]
    assert missing == []


# --- Rules


HELD = {
    "height": {"height": 1_750_000},
    "heating_oil": {"heating_oil": 1_500_000, "heating_oil_unit": "litre"},
    "home": {"home": "flat"},
    "fuel": {"fuel": "diesel", "fuel_parent": "fossil"},
    "activity": {"activity": "10"},
    "wishes": {"wishes": ["tram", "bus"], "wishes_first": "tram"},
    "opinion": {"opinion": 2, "opinion_clear": "agree", "opinion_quick": "neutral"},
    "married": {"married": "1983", "married_year": 1983},
    "accident": {"accident": kinds.minutes("2026-03-28T08:40")},
    "stay": {
        "stay": "2026-07-01/2026-07-31",
        "stay_from": kinds.days("2026-07-01"),
        "stay_until": kinds.days("2026-07-31"),
    },
    "residence": {
        "residence": "11, rue du Fossé, L-1536, Luxembourg, LU",
        "residence_country": "LU",
        "residence_postal_code": "L-1536",
        "residence_locality": "Luxembourg",
    },
    "commune": {"commune": "bous-waldbredimus", "commune_canton": "remich"},
    "guest": {"guest": "李 王", "guest_given": "李", "guest_family": "王"},
    "matricule": {"matricule": "1983081974925", "matricule_born": kinds.days("1983-08-19")},
    "account": {
        "account": "LU280019400644750000",
        "account_country": "LU",
        "account_holder": "Ada Muller",
    },
    "guarantor": {"guarantor": "Tom@example.lu", "guarantor_name": "Tom"},
    "family": {
        "family": [
            {"name": "Léa Muller", "born": kinds.days("2016-03-27")},
            {"name": "Tom Muller", "born": kinds.days("2019-02-01")},
        ]
    },
    "costs": {
        "costs": [
            {"what": "Vélo", "amount": 123450, "paid_on": kinds.days("2026-03-27")},
            {"what": "Casque", "amount": 4000, "paid_on": None},
        ]
    },
    "register_name": {"register_name": "Ada Muller"},
    "lease": {"lease": "d-2"},
}


@pytest.mark.parametrize("name", sorted(HELD))
def test_rules_see_the_answer_and_its_parts(name):
    assert question(name).held(FIRST[name]) == HELD[name]


def test_rules_see_what_else_somebody_wrote():
    found = question("home").held({"code": "other", "text": "une péniche"})
    assert found == {"home": "other", "home_other": "une péniche"}


def test_the_hour_that_comes_twice_is_one_moment_for_rules():
    found = question("accident").held("2026-10-25T02:30+02:00")
    assert found == {"accident": kinds.minutes("2026-10-25T02:30")}


# --- Whatever is stored

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),
    st.text(max_size=20).map(lambda text: text.rstrip("\n")),  # which Python’s “$” takes too
    st.sampled_from(
        ["", " ", "0", "x" * 600, "9" * 30, "\x00", "2026-13-45", "2026-03-29T02:30", "-"]
    ),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def spoiled(draw: Any, answer: Any) -> Any:
    """An answer with something about it changed; or something else altogether."""
    if draw(st.integers(0, 4)) == 0:
        return draw(JSON)
    return _spoil(draw, copy.deepcopy(answer))


def _spoil(draw: Any, value: Any) -> Any:
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from(sorted(value)))
        change = draw(st.sampled_from(["into", "drop", "more"]))
        if change == "into":
            return {**value, name: _spoil(draw, value[name])}
        if change == "drop":
            return {key: one for key, one in value.items() if key != name}
        return {**value, draw(st.sampled_from(["x", "_row", "checked", "name"])): draw(LEAVES)}
    if isinstance(value, list) and value:
        place = draw(st.integers(0, len(value) - 1))
        change = draw(st.sampled_from(["into", "drop", "twice"]))
        if change == "into":
            return [*value[:place], _spoil(draw, value[place]), *value[place + 1 :]]
        return [*value[:place], *value[place + 1 :]] if change == "drop" else [*value, value[place]]
    if isinstance(value, str) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        signs = draw(st.sampled_from(["", "0", "1", "A", "a", " ", "é", "\t", "٣"]))
        return value[:place] + signs + value[place + 1 :]
    return draw(JSON)


# What JSON Schema cannot say: check digits, real days and hours, bounds that are computed.
BEYOND_SCHEMA = {
    "accident", "account", "birthplace", "born", "chassis", "company_number", "company_rcs",
    "company_vat", "costs", "earlier", "email", "establishment", "family", "guarantor", "guest",
    "heating_oil", "height", "lease", "married", "matricule", "mobile", "opens", "register_name",
    "residence", "share", "stay", "supplier", "tenant", "website",
}  # fmt: skip


def stands(asked: Question, answer: Any, where: Scene) -> bool:
    try:
        asked.check(answer, where)
    except ValidationError as fault:
        return not fault.messages[0]
    return True


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_stored_gets_a_sentence_and_never_a_crash(name):
    asked, where = question(name), scene()
    schema = Draft202012Validator(asked.json_schema())

    @settings(max_examples=150, deadline=None)
    @given(spoiled(FIRST[name]))
    def holds(answer: Any) -> None:
        asked.typed(answer, where)
        assert isinstance(asked.said(answer, where), str)
        for key, value in asked.held(answer).items():
            assert _is_held(value, asked.names()[key].kind), (key, value)
        if stands(asked, answer, where):
            assert schema.is_valid(answer), answer
        elif name not in BEYOND_SCHEMA:
            assert not schema.is_valid(answer), answer

    with translation.override("fr"):
        holds()


def _is_held(value: Any, kind: Kind) -> bool:
    if kind in (Kind.CHOICES, Kind.ROWS):
        return isinstance(value, list)
    if kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    whole = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.DATE, Kind.MOMENT)
    return isinstance(value, int if kind in whole else str)


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_sent_is_an_answer_or_a_sentence(name):
    asked, where = question(name), scene()
    typed = next(typed for read, typed, _answer in READ if read == name)
    schema = Draft202012Validator(asked.json_schema())

    @settings(max_examples=60, deadline=None)
    @given(spoiled(typed))
    def holds(sent: Any) -> None:
        try:
            answer = asked.field(where).clean(sent)
        except ValidationError:
            return
        if answer is None:
            return
        assert schema.is_valid(answer), answer
        assert asked.field(where).clean(asked.typed(answer, where)) == answer

    with translation.override("fr"):
        holds()


# --- Drawn


class _Reader(HTMLParser):
    """The boxes of a page, the labels that name them, and what a browser would send of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.boxes: list[dict[str, Any]] = []
        self.labels: set[str | None] = set()
        self.sent = QueryDict(mutable=True)
        self._inside_label = self._inside_area = False
        self._chosen: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        own = dict(attrs)
        if tag == "label":
            self.labels.add(own.get("for"))
            self._inside_label = True
        if tag == "option" and (self._chosen is None or "selected" in own):
            self._chosen = own.get("value")
        if tag not in ("input", "select", "textarea"):
            return
        self.boxes.append({**own, "in_label": self._inside_label})
        if tag == "select":
            self._chosen = None
        elif tag == "textarea":
            self._inside_area = True
            self.sent.appendlist(own["name"], "")
        elif own.get("type") not in ("radio", "checkbox") or "checked" in own:
            usual = "on" if own.get("type") == "checkbox" else ""
            self.sent.appendlist(own["name"], own.get("value", usual))

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside_label = False
        if tag == "textarea":
            self._inside_area = False
        if tag == "select":
            self.sent.appendlist(self.boxes[-1]["name"], self._chosen or "")

    def handle_data(self, data: str) -> None:
        if self._inside_area:
            self.sent[self.boxes[-1]["name"]] = data.removeprefix("\n")

    def unnamed(self) -> list[dict[str, Any]]:
        """Boxes that nobody who listens could tell apart."""
        return [
            box
            for box in self.boxes
            if not (
                box.get("type") == "hidden"
                or box["in_label"]
                or box.get("aria-label")
                or box.get("id") in self.labels
            )
        ]


PAPERS = ("file", "drawn-signature")  # attached one by one, not with the form


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ASKED)
def test_a_page_without_scripts_shows_what_was_kept_and_sends_it_back(name, language):
    asked, where = question(name), scene(language)

    with translation.override(language):
        OneQuestion = type("OneQuestion", (DesignForm,), {name: asked.field(where)})  # noqa: N806
        form = OneQuestion(initial={name: asked.typed(FIRST[name], where)})
        drawn = form[name]
        page = _Reader(str(drawn if drawn.is_hidden else drawn.as_field_group()))
        again = OneQuestion(page.sent)
        if type_name(type(asked)) not in PAPERS:
            assert again.is_valid(), again.errors
            assert again.cleaned_data[name] == FIRST[name]
            assert OneQuestion(QueryDict()).is_valid()
    assert page.unnamed() == []
    ids = [box["id"] for box in page.boxes if "id" in box]
    assert len(set(ids)) == len(ids)


def test_a_longer_help_is_opened_by_who_wants_it():
    class Story(DesignForm):
        story = question("story").field(scene("en"))

    with translation.override("en"):
        html = str(Story()["story"].as_field_group())
    assert "Help with “Tell us about it”</summary><p>A few sentences are enough.</p>" in html


# --- Settings that the definition has no example of


def test_a_number_of_the_mask_may_be_left_out():
    where = scene()
    asked = made(type="format", mask="LU-99")
    assert asked.read("12", where) == asked.read("lu 12", where) == "LU-12"
    assert made(type="format", mask="(A)+9").read("b7", where) == "(B)+7"


def test_a_foreign_plate_is_free():
    asked = made(type="plate", abroad=True)
    assert asked.read("w-1234 ab", scene()) == "W1234AB"


def test_a_foreign_address_needs_the_postal_code_of_its_country():
    asked, where = made(type="address", abroad=True), scene()
    field = asked.field(where)
    found = field.clean(["Hauptmarkt 1", "", "D-54290", "Trier", "DE"])
    assert found["postal_code"] == "54290"
    assert asked.said(found, where).endswith("Allemagne")
    assert Draft202012Validator(asked.json_schema()).is_valid(found)
    assert field.clean(["1 Main Street", "", "", "Dubai", "AE"])["country"] == "AE"
    assert field.clean(["", "", "", "", "DE"]) is None
    for line in (["Hauptmarkt 1", "", "5429", "Trier", "DE"], ["Weg 1", "", "", "Trier", "DE"]):
        with pytest.raises(ValidationError):
            field.clean(line)


def test_a_commune_that_merged_leads_to_the_one_of_today():
    asked = made(type="commune")
    with translation.override("en"), pytest.raises(ValidationError, match="Bous-Waldbredimus"):
        asked.check("bous", scene())
    asked.check("bous-waldbredimus", scene())


def test_there_are_a_hundred_communes():
    today = [one for one in communes().values() if one.is_on(NOW.date())]
    assert len(today) == 100
    assert all(one.became in communes() for one in communes().values() if one.until)


def test_fixed_lines_of_a_table_keep_their_names():
    asked = made(
        type="table",
        rows=["rent", "heat"],
        columns=[{"column": "sum", "type": "integer", "optional": True}],
    )
    where = scene()
    found = asked.field(where).clean([[""], ["12"]])
    assert found == [{"_row": "heat", "sum": 12}]
    assert asked.typed(found, where) == [[""], ["12"]]
    assert Draft202012Validator(asked.json_schema()).is_valid(found)


def test_without_a_list_of_the_moment_nothing_is_chosen():
    for name in ("lease", "earlier"):
        with pytest.raises(ValidationError):
            question(name).check(FIRST[name], scene(known={}))


def test_when_the_register_is_silent_the_children_are_typed():
    where, asked = scene(known={}), question("family")
    shown = asked.typed(FIRST["family"], where)
    assert shown[0] == []
    with translation.override("fr"):
        assert asked.field(where).clean(asked.typed(FIRST["family"], where)) == FIRST["family"]


def test_a_value_of_the_register_leads_to_where_it_is_contested():
    asked = question("register_name")
    assert 'href="/fr/contester/"' in asked.widget(scene()).render("register_name", None)
    bad = {"register_name": {**GIVEN["register_name"], "contest": "javascript:alert(1)"}}
    assert "javascript" not in asked.widget(scene(known=bad)).render("register_name", None)


def test_rows_are_told_apart():
    rows = made(type="rows", unique="plate", questions=[{"id": "plate", "type": "plate"}])
    twice = [{"_row": "a", "plate": "AB1234"}, {"_row": "b", "plate": "AB1234"}]
    with pytest.raises(ValidationError):
        rows.check(twice, scene())
    rows.check(twice[:1], scene())
    assert Draft202012Validator(rows.json_schema()).is_valid(twice)
    for rubbish in (None, 7, [7], "x", {"a": 1}):
        with pytest.raises(ValidationError):
            rows.check(rubbish, scene())


@pytest.mark.parametrize(
    "settings",
    [
        {"type": "format", "mask": "--"},
        {"type": "choice", "options": []},
        {"type": "linked-choice", "options": {"a": ["a"]}},
        {"type": "ranking", "options": ["a", "b"], "places": 3},
        {"type": "table", "columns": [{"column": "a", "type": "choice"}]},
        {"type": "table", "columns": [{"column": "a", "total": True}]},
        {"type": "time", "min": "6:00"},
        {"type": "image", "file": "../secret.png"},
        {"type": "text", "prefill": "person-shoe-size"},
        {"type": "date", "prefill": "person-email"},
        {"type": "rows", "questions": [{"id": "t", "type": "table", "columns": [{"column": "a"}]}]},
    ],
)
def test_settings_without_a_meaning_are_refused(settings):
    with pytest.raises(ModelError):
        made(**settings)


# --- Looking up


@pytest.mark.django_db
def test_a_person_is_found_by_number_and_name_and_only_the_name_is_kept():
    asked = question("tenant")
    answer = {"number": LEA_NUMBER, "family": "GUICHET"}
    found = asked.look_up(answer, by=None)
    assert found == {**answer, "name": "Léa Guichet", "checked": "yes"}
    asked.check(found, scene())
    assert asked.held(found)["tenant_checked"] is True
    with closed("population"):  # what was checked is not asked again
        assert asked.look_up(answer, by=None, before=found) == found


@pytest.mark.django_db
def test_a_name_that_does_not_match_learns_nothing():
    asked, sentences = question("tenant"), set()
    for number, family in ((LEA_NUMBER, "Muller"), (a_number(date(1990, 1, 1)), "Muller")):
        with pytest.raises(ValidationError) as refused:
            asked.look_up({"number": number, "family": family}, by=None)
        sentences.add(refused.value.message)
    assert len(sentences) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "register", "answer"),
    [
        ("tenant", "population", {"number": LEA_NUMBER, "family": "Muller"}),
        ("supplier", "business", {"number": "B123456"}),
    ],
)
def test_a_silent_register_stops_nobody_and_the_answer_says_so(name, register, answer):
    asked = question(name)
    with closed(register), translation.override("en"):
        found = asked.look_up(answer, by=None)
        assert found == {**answer, "checked": "no"}
        assert "Not checked" in asked.said(found, scene("en"))
        asked.check(found, scene())
        assert asked.held(found)[f"{name}_checked"] is False


@pytest.mark.django_db
def test_a_business_is_found_by_each_of_its_numbers():
    asked = question("supplier")
    known = next(one for one in businesses() if one.rcs and one.vat)
    for number in (known.rcs, known.vat):
        found = asked.look_up({"number": number}, by=None)
        assert found["name"] == known.name
        assert found["checked"] == "yes"
        asked.check(found, scene())
        assert Draft202012Validator(asked.json_schema()).is_valid(found)
    with pytest.raises(ValidationError):
        asked.look_up({"number": "Z999"}, by=None)


# --- Names, in definitions


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("- {id: a, type: text}\n- {id: a, type: text}", "There are two questions “a”"),
        ("- {id: a, type: period}\n- {id: a_from, type: date}", "There are two questions “a_from”"),
        ("- {id: a_from, type: date}\n- {id: a, type: period}", "There are two questions “a_from”"),
        (
            "- {id: a, type: text}\n- {id: r, type: rows, questions: [{id: a, type: text}]}",
            "There are two questions “a”",
        ),
        ("- {id: today, type: text}", "“today” means something in rules already"),
        ("- {id: s, type: signature, signers: [nobody]}", "There is no signer “nobody”"),
        ("- {id: s, type: text, prefill: company-shoe}", "there is no prefill “company-shoe”"),
    ],
)
def test_names_that_two_give_are_a_fault_with_its_line(tmp_path, items, said):
    folder = tmp_path / "p"
    (folder / "v1").mkdir(parents=True)
    (folder / "procedure.yaml").write_text(
        "procedure: p\nauthority: a\nthemes: [transport]\naudience: [citizen]\n"
        "versions: [{version: 1}]\n"
    )
    lines = "".join(f"      {line}\n" for line in items.splitlines())
    (folder / "v1/form.yaml").write_text(
        f"procedure: p\nversion: 1\nkeep_sent: 1y\npages:\n  - page: one\n    items:\n{lines}"
    )
    for language in LANGUAGES:
        (folder / f"v1/texts.{language}.yaml").write_text("title: x\n")
    shelf = Shelf()
    read_procedure(folder, shelf)
    [fault] = shelf.faults
    assert said in fault.message
    assert fault.line == 6 + len(items.splitlines())
