"""A code of a list that has a version: activities, countries, communes."""

from typing import Any, ClassVar, Literal

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import (
    Json,
    Question,
    Scene,
    line_of,
    map_schema,
    require_map,
    text_in,
    wrong,
)
from guichet.procedures.fields.choices import chosen, shown_option
from guichet.procedures.fields.lists import LISTS, CodeList, Options
from guichet.procedures.fields.parts import one_of
from guichet.procedures.rules import Type, kinds


class ListedCode(Question):
    """A code of one of our lists (5.6, type 13). The answer is {code, version} of the list.

    Rules see the code as text. `nace` has the divisions: "10.71" is read as its division 10.
    """

    type: Literal["code-list"]
    list: Literal["communes", "countries", "legal-forms", "nace"]

    seconds: ClassVar[int] = 12

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def held(self, answer: Json) -> dict[str, Any]:
        return super().held(text_in(answer, "code"))

    @property
    def _list(self) -> CodeList:
        return LISTS[self.list]

    def _options(self) -> Options:
        return self._list.options()

    def widget(self, scene: Scene) -> forms.Widget:
        return one_of(self._options(), radios=False)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return shown_option(text_in(answer, "code"), self._options())

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        if self.list == "nace" and text[:2].isdigit() and text[2:].replace(".", "").isdigit():
            text = text[:2]
        code = chosen(text, self._options())
        return {"code": code, "version": self._list.version} if code else None

    def check(self, answer: Json, scene: Scene) -> None:
        require_map(answer, ("code", "version"))
        # What was chosen from an older version is chosen again when it is no longer on the list.
        if answer["code"] not in self._list.codes:
            raise wrong(_("Choose one of the answers of the list."), "choice-unknown")

    def said(self, answer: Json, scene: Scene) -> str:
        code = text_in(answer, "code")
        return dict(self._options()).get(code, code)

    def json_schema(self) -> dict[str, Any]:
        return map_schema({"code": {"enum": sorted(self._list.codes)}, "version": {}})
