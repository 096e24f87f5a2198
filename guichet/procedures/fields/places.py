"""Where: addresses, countries, communes."""

import re
from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guichet.procedures.fields.base import (
    Json,
    Question,
    Scene,
    line_of,
    lines_of,
    map_schema,
    require_map,
    text_in,
    wrong,
)
from guichet.procedures.fields.choices import chosen, shown_option
from guichet.procedures.fields.dates import said_day
from guichet.procedures.fields.identifiers import as_fault
from guichet.procedures.fields.lists import (
    CANTONS,
    Commune,
    Options,
    communes,
    country_codes,
    country_options,
)
from guichet.procedures.fields.parts import Part, Parts, one_of
from guichet.procedures.rules import Kind, Type, kinds
from guichet.registers import identifiers as numbers

HOME = "LU"

# Postal codes of where most addresses abroad are; elsewhere, letters and digits.
_POSTAL = {
    "BE": r"[1-9][0-9]{3}",
    "DE": r"[0-9]{5}",
    "ES": r"[0-9]{5}",
    "FR": r"[0-9]{5}",
    "IT": r"[0-9]{5}",
    "NL": r"[1-9][0-9]{3} ?[A-Z]{2}",
    "PT": r"[1-9][0-9]{3}-[0-9]{3}",
}
_ANY_POSTAL = r"[0-9A-Z][0-9A-Z -]{0,10}[0-9A-Z]"


class Address(Question):
    """An address (5.6, types 29 and 30), of Luxembourg unless `abroad`.

    The answer has line1, line2, postal_code, locality, country, as the company of a space has
    them; what is empty is left out. Rules see it in one line, and `…_country` (a choice, as a
    question for a country gives), `…_postal_code`, `…_locality`.
    """

    type: Literal["address"]
    abroad: bool = False
    autocomplete: Literal["off", "own"] = "off"

    seconds: ClassVar[int] = 40
    parts = {"_postal_code": kinds.TEXT, "_locality": kinds.TEXT}

    NAMES: ClassVar[tuple[str, ...]] = ("line1", "line2", "postal_code", "locality", "country")

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    @property
    def _asked(self) -> tuple[str, ...]:
        return self.NAMES if self.abroad else self.NAMES[:-1]

    def held(self, answer: Json) -> dict[str, Any]:
        texts = {name: text_in(answer, name) for name in self.NAMES}
        found = {f"{self.id}{end}": texts[end[1:]] for end in self.parts if texts[end[1:]]}
        if texts["country"] in country_codes():
            found[f"{self.id}_country"] = texts["country"]
        whole = ", ".join(text for text in texts.values() if text)
        return {**super().held(whole), **found}

    def names(self) -> dict[str, Type]:
        country = Type(Kind.CHOICE, codes=country_codes())
        return {self.id: self.kind, f"{self.id}_country": country, **super().names()}

    def widget(self, scene: Scene) -> forms.Widget:
        tokens = {
            "line1": "address-line1",
            "line2": "address-line2",
            "postal_code": "postal-code",
            "locality": "address-level2",
            "country": "country",
        }
        labels = {
            "line1": _("Number and street"),
            "line2": _("Building, floor (optional)"),
            "postal_code": _("Postal code (if there is one)") if self.abroad else _("Postal code"),
            "locality": _("Town"),
            "country": _("Country"),
        }
        drawn = []
        for name in self._asked:
            own = {"autocomplete": tokens[name] if self.autocomplete == "own" else "off"}
            control: forms.Widget = forms.TextInput(own)
            if name == "country":
                control = forms.Select(
                    own, choices=[("", _("Choose from the list")), *country_options()]
                )
            drawn.append(Part(name.replace("_", "-"), labels[name], control))
        return Parts(drawn)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return [text_in(answer, name) for name in self._asked]

    def read(self, typed: Any, scene: Scene) -> Json:
        texts = lines_of(typed, len(self._asked))
        found = {name: text for name, text in zip(self._asked, texts, strict=True) if text}
        if not found.keys() - {"country"}:  # a country alone may be what the list stood at
            return None
        found.setdefault("country", HOME)
        if "postal_code" in found:
            found["postal_code"] = _clean_postal_code(found["postal_code"], found["country"])
        return {name: found[name] for name in self.NAMES if name in found}

    def check(self, answer: Json, scene: Scene) -> None:
        asked = {
            "line1": _("Enter the number and the street."),
            "postal_code": _("Enter the postal code. Example: L-1234."),
            "locality": _("Enter the town."),
            "country": _("Choose the country."),
        }
        require_map(answer, (), self.NAMES)
        for name, sentence in asked.items():
            if name not in answer and not (name == "postal_code" and self._may_lack_code(answer)):
                raise wrong(sentence, "address-incomplete")
        country = answer["country"]
        if country not in dict(country_options()) or (country != HOME and not self.abroad):
            raise wrong(_("Choose the country."), "country-unknown")
        code = answer.get("postal_code", "")
        if code and _clean_postal_code(code, country) != code:
            raise _no_postal_code()

    def _may_lack_code(self, answer: Json) -> bool:
        return self.abroad and answer.get("country") not in (None, HOME, *_POSTAL)

    def said(self, answer: Json, scene: Scene) -> str:
        line1, line2, code, locality, country = (text_in(answer, name) for name in self.NAMES)
        abroad = "" if country in ("", HOME) else dict(country_options()).get(country, country)
        lines = (line1, line2, f"{code} {locality}".strip(), abroad)
        return "\n".join(line for line in lines if line)

    def json_schema(self) -> dict[str, Any]:
        if not self.abroad:
            needed = {"postal_code": {"pattern": "^L-[0-9]{4}$"}, "country": {"const": HOME}}
            return map_schema({"line1": {}, "locality": {}, **needed}, {"line2": {}})
        codes = {"enum": sorted(dict(country_options()))}
        return map_schema(
            {"line1": {}, "locality": {}, "country": codes}, {"line2": {}, "postal_code": {}}
        )


def _clean_postal_code(text: str, country: str) -> str:
    if country == HOME:
        return as_fault(numbers.postal_code, text)
    clean = " ".join(text.upper().split())
    # "D-54290" and "F-57100" are how letters are addressed from here.
    clean = re.sub(r"^[A-Z]{1,2}-(?=[0-9])", "", clean)
    if country == "PT":
        clean = re.sub(r"^([0-9]{4})[ -]?([0-9]{3})$", r"\1-\2", clean)
    if not re.fullmatch(_POSTAL.get(country, _ANY_POSTAL), clean, re.ASCII):
        raise _no_postal_code()
    return clean


def _no_postal_code() -> Exception:
    return wrong(
        _("Check the postal code: this country writes it otherwise."), "postal-code-unlike"
    )


# --- Countries

UNKNOWN, STATELESS = "XXX", "XXA"  # ICAO Doc 9303, part 3, section 5

# ISO 3166-3: codes of countries that are no more.
_HISTORICAL = {
    "CSHH": gettext_noop("Czechoslovakia (until 1992)"),
    "CSXX": gettext_noop("Serbia and Montenegro (until 2006)"),
    "DDDE": gettext_noop("German Democratic Republic (until 1990)"),
    "SUHH": gettext_noop("Soviet Union (until 1991)"),
    "YUCS": gettext_noop("Yugoslavia (until 2003)"),
}


class CountryBase(Question):
    """What countries and nationalities have in common: one list, one code."""

    historical: bool = False

    seconds: ClassVar[int] = 10

    def _more(self) -> Options:
        """What stands behind the countries."""
        raise NotImplementedError

    def _options(self) -> Options:
        past = [(code, _(name)) for code, name in _HISTORICAL.items()] if self.historical else []
        return [*country_options(), *past, *self._more()]

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(dict(self._options())))

    def typed(self, answer: Json, scene: Scene) -> Any:
        return shown_option(text_in(answer), self._options())

    def read(self, typed: Any, scene: Scene) -> Json:
        return chosen(line_of(typed), self._options())

    def check(self, answer: Json, scene: Scene) -> None:
        if text_in(answer) not in dict(self._options()):
            raise wrong(_("Choose a country of the list."), "country-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        return dict(self._options()).get(text_in(answer), "")

    def widget(self, scene: Scene) -> forms.Widget:
        return one_of(self._options())

    def json_schema(self) -> dict[str, Any]:
        return {"enum": sorted(dict(self._options()))}


class Country(CountryBase):
    """A country (5.6, type 31; ISO 3166-1).

    `historical` adds countries that are no more (ISO 3166-3), `unknown` a last line for those who
    do not know.
    """

    type: Literal["country"]
    unknown: bool = False

    def _more(self) -> Options:
        return [(UNKNOWN, _("Not known"))] if self.unknown else []


class Nationality(CountryBase):
    """A nationality (5.6, type 31): the list of countries, "stateless" and "not known" (ICAO 9303)."""

    type: Literal["nationality"]

    def _more(self) -> Options:
        return [(STATELESS, _("Stateless")), (UNKNOWN, _("Nationality not known"))]


class CommuneQuestion(Question):
    """A commune of Luxembourg (5.6, type 32), of today, and with `former` also those that merged.

    Rules see its code, and the canton under `…_canton`.
    """

    type: Literal["commune"]
    former: bool = False

    seconds: ClassVar[int] = 10

    @property
    def kind(self) -> Type:
        return Type(Kind.CHOICE, codes=frozenset(communes()))

    def names(self) -> dict[str, Type]:
        canton = Type(Kind.CHOICE, codes=frozenset(CANTONS))
        return {**super().names(), f"{self.id}_canton": canton}

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(answer)
        return {**found, f"{self.id}_canton": communes()[answer].canton} if found else {}

    def _options(self, scene: Scene) -> list[Commune]:
        return [one for one in communes().values() if self.former or one.is_on(scene.today)]

    def widget(self, scene: Scene) -> forms.Widget:
        groups = [
            (name, [(one.code, _said_commune(one)) for one in found])
            for code, name in CANTONS.items()
            if (found := [one for one in self._options(scene) if one.canton == code])
        ]
        return forms.Select(choices=[("", _("Choose from the list")), *groups])

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        options = [(one.code, one.name) for one in self._options(scene)]
        return chosen(line_of(typed), options)

    def check(self, answer: Json, scene: Scene) -> None:
        found = communes().get(text_in(answer))
        if found is None:
            raise wrong(_("Choose a commune of the list."), "commune-unknown")
        if not self.former and not found.is_on(scene.today):
            now = communes().get(found.became)
            if now is None:
                raise wrong(_("Choose a commune of the list."), "commune-unknown")
            words = _("%(before)s is part of %(now)s today. Choose %(now)s.")
            raise wrong(words % {"before": found.name, "now": now.name}, "commune-former")

    def said(self, answer: Json, scene: Scene) -> str:
        found = communes().get(text_in(answer))
        return _said_commune(found) if found else ""

    def json_schema(self) -> dict[str, Any]:
        return {"enum": sorted(communes())}


def _said_commune(commune: Commune) -> str:
    if commune.until is None:
        return commune.name
    last = (kinds.day_number(commune.until) or 0) - 1
    return _("%(name)s (until %(day)s)") % {"name": commune.name, "day": said_day(last)}
