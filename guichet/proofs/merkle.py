"""Merkle trees as RFC 9162, 2.1 has them: SHA-256, with a 0 before a leaf and a 1 before a node.

A tree of any size is kept in tiles: the hashes of 1,024 neighbours of one level. A level is ten levels
of the tree above the one below, so that a path through a million leaves is read from two tiles.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

WIDTH = 1_024
SIZE = 32  # bytes of a hash
NOTHING = hashlib.sha256().digest()  # the root of a tree without leaves


class Tile(NamedTuple):
    """Up to `WIDTH` neighbouring hashes of a level, one after the other; only the last has fewer."""

    level: int
    position: int
    hashes: bytes


def leaf(content: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of what has these two below it."""
    return hashlib.sha256(b"\1" + left + right).digest()


def tiles(leaves: Iterable[bytes]) -> Iterator[Tile]:
    """All tiles over these hashes of leaves, as they become full; the rest at the end."""
    begun: list[list[bytes]] = [[]]
    full = [0]
    for value in leaves:
        level = 0
        while True:
            begun[level].append(value)
            if len(begun[level]) < WIDTH:
                break
            yield Tile(level, full[level], b"".join(begun[level]))
            value = _folded(begun[level])
            begun[level], full[level], level = [], full[level] + 1, level + 1
            if level == len(begun):
                begun.append([])
                full.append(0)
    for level, rest in enumerate(begun):
        if rest:
            yield Tile(level, full[level], b"".join(rest))


class Tree:
    """A tree of `size` leaves, read from its tiles: `tile(level, position)` gives the hashes of one."""

    def __init__(self, size: int, tile: Callable[[int, int], bytes]) -> None:
        self._size, self._tile = size, tile

    def root(self) -> bytes:
        """The hash over all leaves."""
        return self._hash(0, self._size) if self._size else NOTHING

    def path(self, position: int) -> list[bytes]:
        """What a leaf needs beside itself to lead to the root, from the bottom up."""
        if not 0 <= position < self._size:
            raise ValueError("no leaf stands there")
        found, first, beyond = [], 0, self._size
        while beyond - first > 1:
            middle = first + _largest_power_below(beyond - first)
            if position < middle:
                found.append(self._hash(middle, beyond))
                beyond = middle
            else:
                found.append(self._hash(first, middle))
                first = middle
        return found[::-1]

    def _hash(self, first: int, beyond: int) -> bytes:
        size = beyond - first
        if size & (size - 1):
            middle = first + _largest_power_below(size)
            return node(self._hash(first, middle), self._hash(middle, beyond))
        level = 0
        while size >= WIDTH:
            size, first, level = size // WIDTH, first // WIDTH, level + 1
        hashes, at = self._tile(level, first // WIDTH), first % WIDTH
        return _folded([hashes[SIZE * i : SIZE * (i + 1)] for i in range(at, at + size)])


def leads(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf in this place of a tree of `size` leaves leads to this root (2.1.3.2)."""
    if not 0 <= position < size:
        return False
    at, last, found = position, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if at % 2 or at == last:
            found = node(beside, found)
            while at and not at % 2:
                at, last = at // 2, last // 2
        else:
            found = node(found, beside)
        at, last = at // 2, last // 2
    return last == 0 and found == root


def _folded(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbours."""
    while len(hashes) > 1:
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1
