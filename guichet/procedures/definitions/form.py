"""A version that can be used: its definition, its texts, its rules checked and ready to run."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from guichet.procedures import rules
from guichet.procedures.definitions import enclosing
from guichet.procedures.definitions.enclosing import Enclosures
from guichet.procedures.definitions.model import Definition, Page
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import Item, Paper, Question, Rows, names_of
from guichet.procedures.rules import Checked, Fault, Kind, Scope, Type
from guichet.procedures.rules.evaluate import Run, program

RuleKey = tuple[str, str]  # whose, and what for: ("born", "min"), ("page:children", "show_if")


class Faulty(Exception):
    """A rule of a definition has no meaning: which one, and why."""

    def __init__(self, key: RuleKey, fault: Fault) -> None:
        super().__init__(f"{key[0]}, {key[1]}: {fault.message}")
        self.key = key
        self.fault = fault


@dataclass(frozen=True)
class Form:
    """A compiled version. Made by `compiled`; kept in memory, because making it costs."""

    definition: Definition
    texts: Mapping[str, Mapping[str, Any]]  # by language
    digest: str
    checked: Mapping[RuleKey, Checked] = field(repr=False)
    enclosures: Enclosures = field(default_factory=dict)

    @property
    def code(self) -> str:
        """Of the procedure."""
        return self.definition.procedure

    @property
    def version(self) -> int:
        """Its number."""
        return self.definition.version

    @property
    def pages(self) -> tuple[Page, ...]:
        """In order."""
        return self.definition.pages

    def words(self, language: str) -> Words:
        """What it says in a language; in French where that is not written; else nothing."""
        return Words(language, self.texts.get(language) or self.texts.get("fr", {}))

    @property
    def source(self) -> dict[str, Any]:
        """All that the version says, as JSON. Its files are in it by digest."""
        return _source(self.definition, self.texts, self.enclosures)

    def page(self, code: str) -> Page | None:
        """The page with this code, or None."""
        return next((page for page in self.pages if page.page == code), None)

    @cached_property
    def runs(self) -> dict[RuleKey, Run]:
        """Every rule, ready to run."""
        return {key: program(checked.program) for key, checked in self.checked.items()}

    @cached_property
    def items(self) -> dict[str, Item]:
        """Everything on its pages by name, what stands in rows included."""
        return {item.id: item for _page, item in self._placed()}

    @cached_property
    def page_of(self) -> dict[str, Page]:
        """On which page a name stands."""
        return {item.id: page for page, item in self._placed()}

    def _placed(self) -> Iterator[tuple[Page, Item]]:
        """Everything with its page, as one reads; what stands in rows after its repetition."""
        for page in self.pages:
            for item in page.items:
                yield page, item
                if isinstance(item, Rows):
                    yield from ((page, inner) for inner in item.questions)

    @cached_property
    def rows_of(self) -> dict[str, str]:
        """In which repetition a name stands: its id, or nothing."""
        inside = {
            inner.id: item.id
            for item in self.items.values()
            if isinstance(item, Rows)
            for inner in item.questions
        }
        return dict.fromkeys(self.items, "") | inside

    @cached_property
    def papers(self) -> list[Paper]:
        """The supporting documents, those of rows included."""
        return [item for item in self.items.values() if isinstance(item, Paper)]

    @cached_property
    def order(self) -> list[tuple[Page, Item]]:
        """In which order to evaluate: as one reads, but what is computed after what it looks at."""
        return _order(self)

    @cached_property
    def row_order(self) -> dict[str, list[Item]]:
        """The same for what stands in the rows of each repetition."""
        return {
            item.id: _row_order(self, item)
            for page in self.pages
            for item in page.items
            if isinstance(item, Rows)
        }

    def questions(self) -> Iterator[Question]:
        """Everything with an answer, outside and inside rows."""
        for item in self.items.values():
            if isinstance(item, Question):
                yield item


def compiled(
    definition: Definition,
    texts: Mapping[str, Mapping[str, Any]],
    enclosures: Enclosures | None = None,
) -> Form:
    """The version, ready to use. Raises `Faulty` for the first rule that has no meaning."""
    faults: list[Faulty] = []
    form = compiled_as_far(definition, texts, faults, enclosures)
    if faults:
        raise faults[0]
    return form


def compiled_as_far(
    definition: Definition,
    texts: Mapping[str, Mapping[str, Any]],
    faults: list[Faulty],
    enclosures: Enclosures | None = None,
) -> Form:
    """The version without the rules that have no meaning; those are added to `faults`."""
    files = enclosures or {}
    digest = digest_of(definition, texts, files)
    return Form(definition, texts, digest, _checked(definition, faults), files)


def digest_of(
    definition: Definition, texts: Mapping[str, Mapping[str, Any]], enclosures: Enclosures
) -> str:
    """SHA-256 of what the version says: the same for files that differ in blanks and comments."""
    return hashlib.sha256(canonical(_source(definition, texts, enclosures))).hexdigest()


def _source(
    definition: Definition, texts: Mapping[str, Mapping[str, Any]], enclosures: Enclosures
) -> dict[str, Any]:
    found = {"form": definition.model_dump(mode="json", exclude_defaults=True), "texts": texts}
    return {**found, "files": enclosing.written(enclosures)} if enclosures else found


def canonical(value: Any) -> bytes:
    """JSON in one way only: sorted names, no blanks, UTF-8 (after RFC 8785)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _checked(definition: Definition, faults: list[Faulty]) -> dict[RuleKey, Checked]:
    """Every rule, with the names that it may look at.

    What decides whether something is shown looks back only: at what stands earlier. What checks,
    bounds and computes may look at everything; that it does not go round in circles is `_order`'s.
    """
    everything = {
        name: kind
        for page in definition.pages
        for item in page.items
        for name, kind in names_of(item).items()
    }
    earlier: dict[str, Type] = {}
    found: dict[RuleKey, Checked] = {}

    def add(key: RuleKey, text: str, scope: Scope, to: Kind) -> None:
        try:
            found[key] = rules.check(text, scope, to=to)
        except Fault as fault:
            faults.append(Faulty(key, fault))

    for page in definition.pages:
        if page.show_if:
            add((f"page:{page.page}", "show_if"), page.show_if, Scope(dict(earlier)), Kind.BOOLEAN)
        for item in page.items:
            for what, (text, kind) in item.rules().items():
                names = earlier if what == "show_if" else everything
                add((item.id, what), text, Scope(dict(names)), kind)
            if isinstance(item, Rows):
                _check_rows(item, everything, earlier, add)
            earlier |= names_of(item)
    for check in definition.eligible:
        add(("eligible", check.check), check.rule, Scope(everything), Kind.BOOLEAN)
    for signer in definition.signers:
        if signer.show_if:
            key = (f"signer:{signer.signer}", "show_if")
            add(key, signer.show_if, Scope(everything), Kind.BOOLEAN)
    if isinstance(definition.cost_cents, str):
        add(("cost:", "cost_cents"), definition.cost_cents, Scope(everything), Kind.MONEY)
    for number, delay in enumerate(definition.delay_if):
        add((f"delay:{number}", "when"), delay.when, Scope(everything), Kind.BOOLEAN)
    for number, authority in enumerate(definition.authority_if):
        add((f"authority:{number}", "when"), authority.when, Scope(everything), Kind.BOOLEAN)
    for paragraph in definition.makes.paragraphs if definition.makes else ():
        if paragraph.show_if:
            key = (f"paragraph:{paragraph.paragraph}", "show_if")
            add(key, paragraph.show_if, Scope(everything), Kind.BOOLEAN)
    return found


def _check_rows(
    rows: Rows, everything: dict[str, Type], earlier: dict[str, Type], add: Any
) -> None:
    outside = {name: kind for name, kind in everything.items() if name != rows.id}
    whole = {name: kind for inner in rows.questions for name, kind in names_of(inner).items()}
    before: dict[str, Type] = {}
    for inner in rows.questions:
        for what, (text, kind) in inner.rules().items():
            scope = (
                Scope(dict(earlier), dict(before)) if what == "show_if" else Scope(outside, whole)
            )
            add((inner.id, what), text, scope, kind)
        before |= names_of(inner)


def _order(form: Form) -> list[tuple[Page, Item]]:
    place = {item.id: (page, item) for page in form.pages for item in page.items}
    giver = {name: item.id for _page, item in place.values() for name in names_of(item)}
    needs: dict[str, set[str]] = {}
    for page, item in place.values():
        keys = [(f"page:{page.page}", "show_if"), (item.id, "show_if"), (item.id, "value")]
        if isinstance(item, Rows):
            for inner in item.questions:
                keys += [(inner.id, "show_if"), (inner.id, "value")]
        needs[item.id] = _given(form, keys, giver)
    return [place[name] for name in _sorted(needs)]


def _row_order(form: Form, rows: Rows) -> list[Item]:
    inside = {inner.id: inner for inner in rows.questions}
    giver = {name: inner.id for inner in rows.questions for name in names_of(inner)}
    needs = {inner: _given(form, [(inner, "show_if"), (inner, "value")], giver) for inner in inside}
    return [inside[name] for name in _sorted(needs)]


def _given(form: Form, keys: list[RuleKey], giver: Mapping[str, str]) -> set[str]:
    """Whose values these rules look at."""
    looked = {
        name.partition(".")[0]
        for key in keys
        if key in form.checked
        for name in form.checked[key].names
    }
    return {giver[name] for name in looked if name in giver}


def _sorted(needs: Mapping[str, set[str]]) -> list[str]:
    """In the order given, but each after what it needs. Raises `Circular`."""
    done: dict[str, None] = {}
    while len(done) < len(needs):
        ready = [name for name in needs if name not in done and needs[name] <= done.keys()]
        if not ready:
            raise Circular(_going_round({name: needs[name] for name in needs if name not in done}))
        done |= dict.fromkeys(ready)
    return list(done)


def _going_round(needs: Mapping[str, set[str]]) -> list[str]:
    """Without those that only look at what goes round, and that nothing there looks at."""
    left = set(needs)
    while aside := {name for name in left if not any(name in needs[other] for other in left)}:
        left -= aside
    return sorted(left)


class Circular(Exception):
    """Values that are computed from each other."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names
