"""Numbers that somebody gave: to persons, businesses, accounts and vehicles.

`guichet.registers.identifiers` knows those of the State, with their check digits.
"""

import re
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.eu import vat as european_vat
from stdnum.exceptions import ValidationError as NumberError

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
from guichet.procedures.fields.parts import Part, Parts, one_of
from guichet.procedures.rules import Type, kinds
from guichet.refusals import Refused
from guichet.registers import identifiers as numbers

_NUMBER_MAX = 60  # signs that somebody types for one number


class Number(Question):
    """A number with one clean form, which is what is kept."""

    seconds: ClassVar[int] = 20
    inputmode: ClassVar[str] = "text"

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(text_in(answer))

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput(
            {"inputmode": self.inputmode, "autocomplete": "off", "spellcheck": "false"}
        )

    def typed(self, answer: Json, scene: Scene) -> Any:
        return self.grouped(text_in(answer))

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        return self.clean(text) if numbers.compact(text) else None

    def clean(self, text: str) -> str:
        """The one form of what was typed. Raises `ValidationError`."""
        raise NotImplementedError

    def grouped(self, number: str) -> str:
        """As people write it."""
        return number

    def check(self, answer: Json, scene: Scene) -> None:
        text = text_in(answer)
        if self.clean(text) != text:
            raise wrong(_("Type this number again."), "number-unclean")

    def said(self, answer: Json, scene: Scene) -> str:
        return self.grouped(text_in(answer))


def as_fault(read: Callable[..., str], text: str, **more: Any) -> str:
    """What a reader of the registers gives; its refusal as a sentence beside the question."""
    try:
        return read(text[:_NUMBER_MAX], **more)
    except Refused as refusal:
        raise wrong(refusal.message, refusal.code) from None


class NationalId(Number):
    """The 13 digits of a natural person (5.6, type 23). Rules see the birth date: `…_born`."""

    type: Literal["national-id"]

    inputmode: ClassVar[str] = "numeric"
    parts = {"_born": kinds.DATE}

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(answer)
        text = text_in(answer)
        if not re.fullmatch(r"[0-9]{13}", text, re.ASCII):
            return found
        born = kinds.days(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
        return found if born is None else {**found, f"{self.id}_born": born}

    def clean(self, text: str) -> str:
        return as_fault(numbers.person_number, text)

    def grouped(self, number: str) -> str:
        return f"{number[:4]} {number[4:8]} {number[8:]}".strip()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{13}$"}


class BusinessId(Number):
    """The 11 digits of a legal person (5.6, type 24).

    `strict` takes only the check digit of the rule, not those allowed once serials had run out.
    """

    type: Literal["business-id"]
    strict: bool = False

    inputmode: ClassVar[str] = "numeric"

    def clean(self, text: str) -> str:
        return as_fault(numbers.business_number, text, strict=self.strict)

    def grouped(self, number: str) -> str:
        return f"{number[:4]} {number[4:8]} {number[8:]}".strip()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{11}$"}


class Rcs(Number):
    """A number of the trade and companies register (5.6, type 25): "B123456"."""

    type: Literal["rcs"]

    def clean(self, text: str) -> str:
        return as_fault(numbers.rcs_number, text)

    def grouped(self, number: str) -> str:
        return f"{number[:1]} {number[1:]}".strip()

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[A-Z][0-9]{1,6}$"}


class Vat(Number):
    """A VAT number (5.6, type 26): of Luxembourg, and with `abroad` of any country of the EU."""

    type: Literal["vat"]
    abroad: bool = False

    def clean(self, text: str) -> str:
        compact = numbers.compact(text[:_NUMBER_MAX]).removeprefix("TVA")
        if not self.abroad or compact[:2] == "LU" or compact[:1].isdigit():
            return as_fault(numbers.vat_number, text)
        if re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{2,13}", compact, re.ASCII):
            try:
                found = str(european_vat.validate(compact))
            except NumberError:
                found = ""
            if re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{2,13}", found, re.ASCII):
                return found
        raise wrong(
            _("The VAT number is not correct. It starts with the country. Example: FR83404833048."),
            "vat-check",
        )

    def json_schema(self) -> dict[str, Any]:
        pattern = "^[A-Z]{2}[0-9A-Z+*]{2,13}$" if self.abroad else "^LU[0-9]{8}$"
        return {"type": "string", "pattern": pattern}


class Branch(Question):
    """An establishment of the company (5.6, type 27): its name or its number.

    `given` may hold the establishments that are known, [{code, label}, …]: then one chooses.
    """

    type: Literal["branch"]

    LENGTH_MAX: ClassVar[int] = 100

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def _known(self, scene: Scene) -> list[tuple[str, str]]:
        return given_options(self, scene)

    def widget(self, scene: Scene) -> forms.Widget:
        known = self._known(scene)
        return one_of(known) if known else forms.TextInput({"autocomplete": "off"})

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def check(self, answer: Json, scene: Scene) -> None:
        text, known = text_in(answer), self._known(scene)
        if not text or len(text) > self.LENGTH_MAX or line_of(text) != text:
            raise wrong(
                _("Enter the name or the number of the establishment."), "branch-unreadable"
            )
        if known and text not in dict(known):
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        text = text_in(answer)
        return dict(self._known(scene)).get(text, text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.LENGTH_MAX}


def given_options(question: Question, scene: Scene) -> list[tuple[str, str]]:
    """The options that only the moment knows: [{code, label}, …] under the question's id."""
    found = scene.given.get(question.id)
    return [(str(one["code"]), str(one["label"])) for one in found or ()]


class Iban(Question):
    """A bank account (5.6, type 28), with `bic` and `holder` where they are asked for.

    The answer is {iban[, bic][, holder]}; rules see the IBAN, `…_country` and `…_holder`.
    """

    type: Literal["iban"]
    bic: bool = False
    holder: bool = False
    autocomplete: Literal["off", "own"] = "off"

    seconds: ClassVar[int] = 30
    parts = {"_country": kinds.TEXT, "_holder": kinds.TEXT}

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        number, holder = text_in(answer, "iban"), text_in(answer, "holder")
        found = super().held(number)
        if found:
            found[f"{self.id}_country"] = number[:2]
        return {**found, f"{self.id}_holder": holder} if holder else found

    @property
    def _asked(self) -> list[str]:
        return ["iban", *(["bic"] if self.bic else []), *(["holder"] if self.holder else [])]

    def widget(self, scene: Scene) -> forms.Widget:
        attrs = {"autocomplete": "off", "spellcheck": "false"}
        own = "name" if self.autocomplete == "own" else "off"
        drawn = {
            "iban": Part("iban", "IBAN", forms.TextInput(attrs)),
            "bic": Part("bic", _("BIC (empty if you do not know it)"), forms.TextInput(attrs)),
            "holder": Part(
                "holder", _("Holder of the account"), forms.TextInput({"autocomplete": own})
            ),
        }
        asked = [drawn[name] for name in self._asked]
        return Parts(asked) if len(asked) > 1 else asked[0].widget

    def typed(self, answer: Json, scene: Scene) -> Any:
        texts = [text_in(answer, name) for name in self._asked]
        texts[0] = ibans.format(texts[0])
        return texts if len(texts) > 1 else texts[0]

    def read(self, typed: Any, scene: Scene) -> Json:
        asked = self._asked
        texts = lines_of(typed if isinstance(typed, list) else [typed], len(asked))
        found = {name: text for name, text in zip(asked, texts, strict=True) if text}
        if not found:
            return None
        if "iban" not in found:
            raise _no_iban()
        found["iban"] = numbers.compact(found["iban"][:_NUMBER_MAX]).removeprefix("IBAN")
        if "bic" in found:
            found["bic"] = numbers.compact(found["bic"][:_NUMBER_MAX])
        return found

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("iban",), self._asked)
        _require_iban(answer["iban"])
        if "bic" in answer and not (
            re.fullmatch(r"[0-9A-Z]{8}([0-9A-Z]{3})?", answer["bic"], re.ASCII)
            and bics.is_valid(answer["bic"])
        ):
            raise wrong(_("The BIC has 8 or 11 signs. Example: BCEELULL."), "bic-unreadable")
        if self.holder and "holder" not in answer:
            raise wrong(_("Enter the holder of the account."), "holder-missing")

    def said(self, answer: Json, scene: Scene) -> str:
        texts = [text_in(answer, name) for name in self._asked]
        return "\n".join(text for text in (ibans.format(texts[0]), *texts[1:]) if text)

    def json_schema(self) -> dict[str, Any]:
        number = {"iban": {"pattern": "^[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}$"}}
        bic = {"bic": {"pattern": "^[0-9A-Z]{8}([0-9A-Z]{3})?$"}} if self.bic else {}
        return map_schema({**number, **({"holder": {}} if self.holder else {})}, bic)


def _require_iban(text: str) -> None:
    """ISO 13616: the length of the country, and modulo 97."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}", text, re.ASCII):
        raise _no_iban()
    try:
        ibans.validate(text)
    except NumberError:
        raise wrong(
            _("One sign of the IBAN is wrong, or missing. Check your account statement."),
            "iban-check",
        ) from None


def _no_iban() -> ValidationError:
    return wrong(_("Enter the IBAN. Example: LU28 0019 4006 4475 0000."), "iban-unreadable")


class Plate(Number):
    """A number plate of Luxembourg (5.6, type 35); `former` also takes old ones, `abroad` any other.

    Two letters and four digits, four or five digits, or two letters and two digits (mopeds). With
    `former` also one letter and four digits, or two letters and three digits.
    """

    type: Literal["plate"]
    abroad: bool = False
    former: bool = False

    @property
    def _own(self) -> str:
        former = "|[A-Z][0-9]{4}|[A-Z]{2}[0-9]{3}" if self.former else ""
        return f"[A-Z]{{2}}[0-9]{{4}}|[0-9]{{4,5}}|[A-Z]{{2}}[0-9]{{2}}{former}"

    def clean(self, text: str) -> str:
        compact = numbers.compact(text[:_NUMBER_MAX])
        if re.fullmatch(self._own, compact, re.ASCII) or (
            self.abroad and re.fullmatch(r"[0-9A-ZÀ-Þ]{2,12}", compact)
        ):
            return compact
        if self.abroad:
            raise wrong(_("Type the number plate with letters and digits only."), "plate-unlike")
        raise wrong(_("Type the number plate. Example: AB 1234 or 12345."), "plate-unlike")

    def grouped(self, number: str) -> str:
        return re.sub(r"^([A-Z]{1,2})([0-9]{2,4})$", r"\1 \2", number)

    def json_schema(self) -> dict[str, Any]:
        pattern = "^[0-9A-ZÀ-Þ]{2,12}$" if self.abroad else f"^({self._own})$"
        return {"type": "string", "pattern": pattern}


class Vin(Number):
    """A chassis number (5.6, type 35; ISO 3779): 17 signs, never I, O or Q.

    `check_digit` also asks for the ninth sign to be right, which makers in Europe need not hold.
    """

    type: Literal["vin"]
    check_digit: bool = False

    def clean(self, text: str) -> str:
        # The letters that no number has are read as the digits they look like.
        compact = numbers.compact(text[:_NUMBER_MAX]).translate(str.maketrans("IOQ", "100"))
        if len(compact) != 17:
            words = _("The chassis number has 17 signs. You typed %(count)d.")
            raise wrong(words % {"count": len(compact)}, "vin-length")
        if not re.fullmatch(r"[0-9A-HJ-NPR-Z]{17}", compact, re.ASCII):
            raise wrong(_("A chassis number has letters and digits only."), "vin-unlike")
        if self.check_digit and compact[8] != _vin_check_digit(compact):
            raise wrong(
                _("One sign of the chassis number is wrong. Check the registration card."),
                "vin-check",
            )
        return compact

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9A-HJ-NPR-Z]{17}$"}


def _vin_check_digit(vin: str) -> str:
    """49 CFR 565.15: letters as digits, weights, modulo 11."""
    worth = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(
        int(worth.get(sign, sign)) * weight for sign, weight in zip(vin, weights, strict=True)
    )
    return "0123456789X"[rest % 11]
