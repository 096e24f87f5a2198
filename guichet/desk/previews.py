"""What a merger will do, as it is stored, shown, agreed to, and compared when the hour has come.

Holds keys, roles and numbers, no name and no other personal value: names are looked up when it is
drawn. One of the spaces may be missing: who only administrates one, learns nothing of the other.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from guichet.desk.keepers import KEEPERS, name_of
from guichet.spaces.actions import moving
from guichet.spaces.actions.moving import Fate, Place, Right
from guichet.spaces.models import Space

ABSORBED, KEPT = "absorbed", "kept"


@dataclass(frozen=True)
class Preview:
    """What moves, who will have which right, what becomes of certifications, and what hinders."""

    moves: dict[str, int]  # "room.kind": how many
    places: list[Place]
    invited: dict[str, int]  # role: how many wait to accept it
    fates: list[Fate]
    hindrances: list[tuple[str, str]]  # which side; "room.code"
    whole: bool  # both spaces are known

    @property
    def digest(self) -> str:
        """SHA-256 of all it says."""
        words = json.dumps(self.kept(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def conflicts(self) -> set[str]:
        """Services of which both spaces are holders."""
        return {fate.service for fate in self.fates if fate.what == "conflict"}

    @property
    def reached(self) -> set[tuple[str, str]]:
        """Services that everybody reaches afterwards, and as what."""
        lasting = ("moves", "stays")
        return {(fate.service, fate.grade) for fate in self.fates if fate.what in lasting}

    def exceeds(self, agreed: "Preview") -> bool:
        """Whether somebody would gain more than was agreed to, or something new ends or hinders."""
        listed = {place.person: place.after for place in agreed.places}
        gains = any(
            place.person not in listed or not listed[place.person].covers(place.after)
            for place in self.places
        )
        return (
            gains
            or any(number > agreed.invited.get(role, 0) for role, number in self.invited.items())
            or bool(self.hindrances)
            or not self.reached <= agreed.reached
            or not self.conflicts <= agreed.conflicts
        )

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "moves": self.moves,
            "places": [
                [place.person.hex, *(_written(right) for right in place[1:])]
                for place in self.places
            ],
            "invited": self.invited,
            "fates": [list(fate) for fate in self.fates],
            "hindrances": [list(each) for each in self.hindrances],
            "whole": self.whole,
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Preview":
        """From JSON."""
        return cls(
            moves=kept["moves"],
            places=[_read(*place) for place in kept["places"]],
            invited=kept["invited"],
            fates=[Fate(*fate) for fate in kept["fates"]],
            hindrances=[(side, code) for side, code in kept["hindrances"]],
            whole=kept["whole"],
        )


def foresee(absorbed: Space | None, kept: Space | None, *, but: UUID | None = None) -> Preview:
    """What a merger would do now. `but` is that merger, when it is asked for already."""
    moves: dict[str, int] = {}
    hindrances: list[tuple[str, str]] = []
    for keeper in KEEPERS:
        room = name_of(keeper)
        if absorbed is not None:
            found = keeper.foresee(absorbed, kept)
            moves |= {f"{room}.{kind}": number for kind, number in found.items()}
        for side, space in ((ABSORBED, absorbed), (KEPT, kept)):
            codes = keeper.hindrances(space, but=but) if space else []
            hindrances += [(side, f"{room}.{code}") for code in codes]
    return Preview(
        moves=moves,
        places=moving.places(absorbed, kept),
        invited=moving.invited(absorbed, kept),
        fates=moving.fates(absorbed, kept) if absorbed is not None else [],
        hindrances=hindrances,
        whole=absorbed is not None and kept is not None,
    )


def _written(right: Right | None) -> list[Any] | None:
    return [right.role, list(right.limits), right.only] if right else None


def _read(person: str, absorbed: Any, kept: Any, after: Any) -> Place:
    in_absorbed, in_kept = (
        Right(right[0], tuple(right[1]), right[2]) if right else None for right in (absorbed, kept)
    )
    return Place(UUID(person), in_absorbed, in_kept, Right(after[0], tuple(after[1]), after[2]))
