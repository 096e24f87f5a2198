"""The tree is the one of RFC 9162, and a path leads from each leaf to its root and from nothing else."""

import hashlib

import pytest

from guichet.proofs import merkle

# From the test data of Certificate Transparency: eight leaves, and the root over the first n of them.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "".join(f"{n:02x}" for n in range(0x60, 0x70)),
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def a_tree(leaves):
    made = {(tile.level, tile.position): tile.hashes for tile in merkle.tiles(leaves)}
    return merkle.Tree(len(leaves), lambda level, position: made[level, position])


def plainly(leaves):
    """The definition of RFC 9162, 2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + plainly(leaves[:k]) + plainly(leaves[k:])).digest()


def test_roots_are_those_of_certificate_transparency():
    leaves = [merkle.leaf(bytes.fromhex(each)) for each in LEAVES]
    assert {size: a_tree(leaves[:size]).root().hex() for size in ROOTS} == ROOTS
    assert a_tree([]).root() == hashlib.sha256().digest()


@pytest.mark.parametrize("size", [*range(1, 18), 30, 100])
def test_every_leaf_leads_to_the_root_and_to_no_other(size, monkeypatch):
    monkeypatch.setattr(merkle, "WIDTH", 4)  # several levels of tiles
    leaves = [merkle.leaf(bytes([n])) for n in range(size)]
    tree, root = a_tree(leaves), plainly(leaves)
    assert tree.root() == root
    for position, leaf in enumerate(leaves):
        path = tree.path(position)
        assert merkle.leads(leaf, position, size, path, root)
        for other, wrong in [
            (leaf, [*path, root]),
            (leaf, path[:-1]),
            (merkle.leaf(b"other"), path),
            (leaf, [merkle.NOTHING, *path[1:]]),
        ]:
            assert not merkle.leads(other, position, size, wrong, root) or wrong == path
        assert not merkle.leads(leaf, position + size, size, path, root)
        if size > 1:
            assert not merkle.leads(leaf, (position + 1) % size, size, path, root)


def test_many_leaves_are_kept_in_few_tiles():
    leaves = [merkle.leaf(n.to_bytes(2, "big")) for n in range(2_500)]
    assert [
        (tile.level, tile.position, len(tile.hashes) // 32) for tile in merkle.tiles(leaves)
    ] == [
        (0, 0, 1024),
        (0, 1, 1024),
        (0, 2, 452),
        (1, 0, 2),
    ]
    tree, root = a_tree(leaves), plainly(leaves)
    assert tree.root() == root
    assert merkle.leads(leaves[2_049], 2_049, 2_500, tree.path(2_049), root)
