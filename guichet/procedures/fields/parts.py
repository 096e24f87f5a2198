"""Widgets of several boxes: native controls, each with a label of its own, in one fieldset."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import Json

LISTED_MIN = 100  # beyond so many options one types, and the browser proposes
RADIOS_MAX = 7

Option = tuple[str, str]
Options = Sequence[Option]


class Part(NamedTuple):
    """One box. Parts with the same group stand in one line under that legend."""

    name: str
    label: str
    widget: forms.Widget
    group: str | None = None  # None: a line of its own; "": one line without a legend


class Parts(forms.MultiWidget):
    """Several boxes. What is typed is a list of texts, in the order of the parts."""

    template_name = "procedures/widgets/parts.html"
    use_fieldset = True

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = list(parts)
        super().__init__([part.widget for part in self.parts])
        # A dash is in no question's name: no part meets another question.
        self.widgets_names = [f"-{part.name}" for part in self.parts]

    def decompress(self, value: Any) -> list[Any]:
        """What is no list says nothing."""
        return [None] * len(self.parts)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with the labels, line by line."""
        fitting = list(value)[: len(self.parts)] if isinstance(value, list) else []
        fitting += [None] * (len(self.parts) - len(fitting))
        context = super().get_context(name, fitting, attrs)
        groups: list[dict[str, Any]] = []
        for part, drawn in zip(self.parts, context["widget"]["subwidgets"], strict=True):
            drawn["label"] = part.label
            drawn["is_radio"] = isinstance(part.widget, forms.RadioSelect)
            drawn["is_several"] = isinstance(part.widget, forms.CheckboxSelectMultiple)
            last = groups[-1] if groups else None
            if last is None or part.group is None or last["legend"] != part.group:
                groups.append({"legend": part.group, "parts": []})
            groups[-1]["parts"].append(drawn)
        context["widget"]["groups"] = groups
        return context


class Listed(forms.TextInput):
    """One of a long list: typed, while the browser proposes. Shows words, not codes."""

    template_name = "procedures/widgets/listed.html"

    def __init__(self, options: Options) -> None:
        super().__init__({"autocomplete": "off"})
        self.options = options

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with the list beside it."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list"] = f"{widget['attrs'].get('id', name)}_list"
        widget["attrs"]["list"] = widget["list"]
        widget["options"] = [label for _code, label in self.options]
        return context


class Lines(forms.Widget):
    """A small table to type into: what is there, and some empty lines. Needs no script.

    What is typed is a list of lines, each a list of texts. `heads` are the labels of columns,
    `cell(n)` makes the control of column n, `firsts` names lines that are fixed.
    """

    template_name = "procedures/widgets/lines.html"
    use_fieldset = True
    LINES_MAX = 200

    def __init__(
        self,
        heads: Sequence[str],
        cell: Callable[[int], forms.Widget],
        *,
        empty: int,
        firsts: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.heads = heads
        self.cell = cell
        self.empty = empty
        self.firsts = firsts

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        """Every line that was sent."""
        found = []
        for line in range(self.LINES_MAX):
            names = [f"{name}-{line}-{column}" for column in range(len(self.heads))]
            if not any(cell in data for cell in names):
                break
            found.append([data.get(cell, "") for cell in names])
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the page had none of it."""
        return not any(f"{name}-0-{column}" in data for column in range(len(self.heads)))

    def id_for_label(self, id_: str) -> str:
        """It has a legend, and each cell a label."""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Lines of drawn cells."""
        context = super().get_context(name, None, attrs)
        given = [row for row in value if isinstance(row, list)] if isinstance(value, list) else []
        count = len(self.firsts) or min(len(given) + self.empty, self.LINES_MAX)
        drawn_as = {key: v for key, v in context["widget"]["attrs"].items() if key != "id"}
        lines = []
        for line in range(count):
            row = given[line] if line < len(given) else []
            first = self.firsts[line] if self.firsts else str(line + 1)
            cells = []
            for column, head in enumerate(self.heads):
                label = _("%(line)s, %(column)s") % {"line": first, "column": head}
                shown = row[column] if column < len(row) else ""
                cell = self.cell(column).get_context(
                    f"{name}-{line}-{column}", shown, {**drawn_as, "aria-label": label}
                )
                cells.append({**cell["widget"], "head": head})
            lines.append({"first": first, "cells": cells})
        context["widget"] |= {"heads": self.heads, "lines": lines, "firsts": self.firsts}
        return context


class Shown(forms.Widget):
    """A value that nobody types over: what, from where, of which day, and how to contest it."""

    template_name = "procedures/widgets/shown.html"
    use_fieldset = True

    def __init__(self, rows: Sequence[tuple[str, str]], contest: str = "") -> None:
        super().__init__()
        self.rows = rows
        self.contest = contest

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with the rows."""
        context = super().get_context(name, None, attrs)
        context["widget"] |= {"rows": self.rows, "contest": self.contest}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Json:
        """Nothing: it is not typed."""
        return None


def one_of(options: Options, *, radios: bool = True) -> forms.Widget:
    """The control to choose one with: circles up to seven, a list, or a text with proposals."""
    if radios and len(options) <= RADIOS_MAX:
        return forms.RadioSelect(choices=options)
    if len(options) > LISTED_MIN:
        return Listed(options)
    return forms.Select(choices=[("", _("Choose from the list")), *options])


def numeric(more: str = "input-number", inputmode: str = "numeric") -> forms.TextInput:
    """A text for digits."""
    return forms.TextInput({"inputmode": inputmode, "autocomplete": "off", "class": more})


def day_parts(group: str = "", *, prefix: str = "", autocomplete: str = "off") -> list[Part]:
    """Day, month and year, in one line."""
    words = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    return [
        Part(
            prefix + name,
            label,
            forms.TextInput(
                {
                    "class": f"input-{name}",
                    "inputmode": "text" if name == "month" else "numeric",
                    "autocomplete": f"{autocomplete}-{name}" if autocomplete != "off" else "off",
                }
            ),
            group,
        )
        for name, label in words.items()
    ]
