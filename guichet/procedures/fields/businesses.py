"""Businesses that the register knows."""

import re
from typing import Any, ClassVar, Literal

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import (
    Json,
    Question,
    Scene,
    again,
    line_of,
    map_schema,
    require_map,
    text_in,
    wrong,
)
from guichet.procedures.fields.identifiers import as_fault
from guichet.procedures.fields.persons import (
    CHECKED,
    PURPOSE,
    held_checked,
    is_still_checked,
    require_checked,
    said_checked,
)
from guichet.procedures.rules import Type, kinds
from guichet.refusals import Refused
from guichet.registers import actions as registers
from guichet.registers import identifiers as numbers
from guichet.registers.base import LegalForm, Unavailable


class BusinessLookup(Question):
    """A business by its RCS, VAT or 11-digit number (5.6, type 34).

    The answer is {number}, and after `look_up` also {name, legal_form, address, checked: "yes"};
    when the register did not answer, {checked: "no"}. Rules see the number, `…_name`,
    `…_legal_form`, and `…_checked`. Whether it is closed, our register does not say.
    """

    type: Literal["business-lookup"]

    seconds: ClassVar[int] = 20
    parts = {"_name": kinds.TEXT, "_legal_form": kinds.TEXT, "_checked": kinds.BOOLEAN}

    FOUND: ClassVar[tuple[str, ...]] = ("name", "legal_form", "address", "checked")

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        found = super().held(text_in(answer, "number"))
        for name in ("name", "legal_form"):
            if text := text_in(answer, name):
                found[f"{self.id}_{name}"] = text
        return {**found, **held_checked(self, answer)}

    def widget(self, scene: Scene) -> forms.Widget:
        return forms.TextInput({"autocomplete": "off", "spellcheck": "false"})

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer, "number")

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        return {"number": _clean(text)} if text else None

    def unasked(self, answer: Json) -> Json:
        return {"number": text_in(answer, "number"), "checked": "no"}

    def look_up(self, answer: Json, *, by: Model | None, before: Json = None) -> Json:
        number = text_in(answer, "number")
        if is_still_checked(answer, before, ("number",)):
            return before
        try:
            found = registers.business(number, by=by, purpose=PURPOSE)
        except Unavailable:
            return self.unasked(answer)
        except Refused as refusal:
            raise wrong(refusal.message, refusal.code) from None
        if found is None:
            raise wrong(
                _("The register knows no business with this number. Check it."), "business-unknown"
            )
        said = {
            "name": found.name,
            "legal_form": str(found.legal_form),
            "address": "\n".join(found.address.lines),
        }
        return {"number": number, **{k: v for k, v in said.items() if v}, "checked": "yes"}

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("number",), self.FOUND)
        require_checked(answer)
        if _clean(answer["number"]) != answer["number"]:
            raise again()

    def said(self, answer: Json, scene: Scene) -> str:
        form = text_in(answer, "legal_form")
        lines = [
            text_in(answer, "name"),
            str(LegalForm(form).label) if form in LegalForm.values else "",
            text_in(answer, "number"),
            text_in(answer, "address"),
            said_checked(answer),
        ]
        return "\n".join(filter(None, lines))

    def json_schema(self) -> dict[str, Any]:
        number = {"pattern": "^([A-Z][0-9]{1,6}|LU[0-9]{8}|[0-9]{11})$"}
        found: dict[str, Any] = {name: {} for name in self.FOUND}
        return map_schema({"number": number}, {**found, "checked": CHECKED})


def _clean(text: str) -> str:
    """An RCS, VAT or 11-digit number in its one form. Raises `ValidationError`."""
    compact = numbers.compact(text[:60])
    if re.fullmatch(r"(RCS)?(LUXEMBOURG)?[A-Z][0-9]{1,6}", compact, re.ASCII):
        return as_fault(numbers.rcs_number, text)
    if re.fullmatch(r"(TVA)?LU[0-9]+|[0-9]{8}", compact, re.ASCII):
        return as_fault(numbers.vat_number, text)
    if re.fullmatch(r"[0-9]{9,}", compact, re.ASCII):
        return as_fault(numbers.business_number, text, strict=False)
    raise wrong(
        _("Enter an RCS number, a VAT number or a national number with 11 digits."),
        "no-business-number",
    )
