"""What a procedure may not ask for when it can also be done without sign-on.

Nobody is known there, so nobody signs, nothing comes from a register, and there is no space whose
papers and cases one could choose from.
"""

from collections.abc import Iterator

from guichet.procedures.definitions.ids import placed
from guichet.procedures.definitions.library import Fault, Shelved, Version
from guichet.procedures.fields import Question, Signature, type_name
from guichet.procedures.fields.known import RegisterValue
from guichet.procedures.fields.papers import CaseReference, OwnDocument
from guichet.procedures.fields.persons import CoSigner

_WHERE = "which without sign-on"


def faults(shelved: Shelved) -> Iterator[Fault]:
    """Of the versions that somebody can begin, as `procedure.yaml` lists them."""
    procedure, source = shelved.procedure, shelved.source
    if procedure is None or procedure.sign_on != "possible":
        return
    if procedure.certified_for:
        said = "Only spaces are certified for a service: sign_on is needed, or leave certified_for out."
        yield Fault(source.file, source.line("certified_for"), said)
    for opening in procedure.versions:
        version = shelved.versions.get(opening.version)
        if version is not None and version.definition is not None:
            yield from _of(version)


def _of(version: Version) -> Iterator[Fault]:
    definition, source = version.definition, version.source
    assert definition is not None  # noqa: S101 - asked before
    if definition.signers:
        said = (
            "Without sign-on nobody can be asked to sign: leave signers out, or sign_on is needed."
        )
        yield Fault(source.file, source.line("signers"), said)
    elif definition.signed:
        said = "Without sign-on nobody signs: write signed: false, or sign_on is needed."
        yield Fault(source.file, source.line("signed"), said)
    for path, item in placed(definition):
        if not isinstance(item, Question) or item.agent_only:
            continue
        if reason := _reason(item):
            said = f"{item.id} is of type {type_name(type(item))}, {_WHERE} {reason}."
            yield Fault(source.file, source.line(*path, "type"), said)


def _reason(item: Question) -> str:
    if isinstance(item, RegisterValue):
        return "no register fills in"
    if isinstance(item, OwnDocument | CaseReference):
        return "has no space to choose from"
    return "nobody can be asked for" if isinstance(item, Signature | CoSigner) else ""
