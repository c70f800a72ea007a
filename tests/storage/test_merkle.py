"""RFC 6962 trees: every proof of every small tree, and what is changed is refused."""

import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.merkle import (
    EMPTY,
    BadProofError,
    MissingNodeError,
    check_consistency,
    check_inclusion,
    completed,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
)

LARGEST = 64
# The test vectors of certificate-transparency (merkletree/merkle_tree_test.cc).
VECTOR_LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
VECTOR_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Kept:
    """A tree kept as its nodes, which counts what is asked of it."""

    def __init__(self) -> None:
        self.nodes, self.size, self.asked = {}, 0, []

    def append(self, leaf: bytes) -> None:
        self.nodes |= completed(self.size, leaf, self.fetch)
        self.size += 1

    def fetch(self, nodes):
        self.asked.append(len(nodes))
        return {each: self.nodes[each] for each in nodes if each in self.nodes}


def reference_root(leaves) -> bytes:
    """MTH, as RFC 6962 2.1 writes it."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(reference_root(leaves[:k]), reference_root(leaves[k:]))


def reference_path(m, leaves) -> list[bytes]:
    """PATH, as RFC 6962 2.1.1 writes it."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*reference_path(m, leaves[:k]), reference_root(leaves[k:])]
    return [*reference_path(m - k, leaves[k:]), reference_root(leaves[:k])]


def reference_subproof(m, leaves, whole) -> list[bytes]:
    """SUBPROOF, as RFC 6962 2.1.2 writes it."""
    if m == len(leaves):
        return [] if whole else [reference_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        right = reference_root(leaves[k:])
        return [*reference_subproof(m, leaves[:k], whole), right]
    left = reference_root(leaves[:k])
    return [*reference_subproof(m - k, leaves[k:], False), left]


LEAVES = [leaf_hash(bytes([n])) for n in range(LARGEST)]
ROOTS = [reference_root(LEAVES[:n]) for n in range(LARGEST + 1)]


@pytest.fixture(scope="module")
def tree() -> Kept:
    found = Kept()
    for leaf in LEAVES:
        found.append(leaf)
    return found


def refused(check, *arguments) -> bool:
    try:
        check(*arguments)
    except BadProofError:
        return True
    return False


def changed(proof):
    """A proof with one thing wrong: cut, longer, a flipped bit, swapped."""
    yield [*proof, b"\0" * 32]
    for at, each in enumerate(proof):
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], bytes([each[0] ^ 1]) + each[1:], *proof[at + 1 :]]
        yield [*proof[:at], each, *proof[at:]]
    for at in range(len(proof) - 1):
        yield [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]


def test_the_known_vectors():
    kept = Kept()
    assert EMPTY.hex() == VECTOR_ROOTS[0]
    for size, data in enumerate(VECTOR_LEAVES, 1):
        kept.append(leaf_hash(data))
        assert root(size, kept.fetch).hex() == VECTOR_ROOTS[size]
    path = inclusion_proof(5, 8, kept.fetch)
    assert [each.hex() for each in path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    path = consistency_proof(6, 8, kept.fetch)
    assert [each.hex() for each in path] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_root_and_inclusion_is_the_one_of_the_rfc(tree):
    for size in range(LARGEST + 1):
        assert root(size, tree.fetch) == ROOTS[size]
        for index in range(size):
            proof = inclusion_proof(index, size, tree.fetch)
            assert proof == reference_path(index, LEAVES[:size])
            check_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_every_consistency_is_the_one_of_the_rfc(tree):
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, tree.fetch)
            if old:
                assert proof == reference_subproof(old, LEAVES[:new], True)
            check_consistency(old, new, ROOTS[old], ROOTS[new], proof)


def test_every_changed_inclusion_is_refused(tree):
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof, leaf = inclusion_proof(index, size, tree.fetch), LEAVES[index]
            for wrong in changed(proof):
                assert refused(check_inclusion, leaf, index, size, wrong, ROOTS[size])
            for other in (index - 1, index + 1, size):
                assert refused(check_inclusion, leaf, other, size, proof, ROOTS[size])
            assert refused(check_inclusion, b"\0" * 32, index, size, proof, ROOTS[size])
            assert refused(check_inclusion, leaf, index, size, proof, b"\0" * 32)


def test_every_changed_consistency_is_refused(tree):
    for new in range(1, LARGEST + 1):
        for old in range(new + 1):
            proof = consistency_proof(old, new, tree.fetch)
            for wrong in changed(proof):
                assert refused(
                    check_consistency, old, new, ROOTS[old], ROOTS[new], wrong
                )
            assert refused(check_consistency, old, new, b"\0" * 32, ROOTS[new], proof)
            if old:
                assert refused(
                    check_consistency, old, new, ROOTS[old], b"\0" * 32, proof
                )
                assert refused(
                    check_consistency, new + 1, new, ROOTS[old], ROOTS[new], proof
                )


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=300), st.data())
def test_any_tree_proves_what_is_in_it(contents, data):
    kept = Kept()
    for each in contents:
        kept.append(leaf_hash(each))
    size = data.draw(st.integers(1, len(contents)))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    now = root(size, kept.fetch)

    check_inclusion(
        leaf_hash(contents[index]),
        index,
        size,
        inclusion_proof(index, size, kept.fetch),
        now,
    )
    check_consistency(
        old, size, root(old, kept.fetch), now, consistency_proof(old, size, kept.fetch)
    )


@given(
    st.integers(0, 70),
    st.integers(0, 70),
    st.lists(st.binary(min_size=32, max_size=32), max_size=9),
)
def test_no_nonsense_is_a_proof(first, second, proof):
    assert refused(check_inclusion, b"\1" * 32, first, second, proof, b"\2" * 32)
    if first != second:
        assert refused(check_consistency, first, second, b"\1" * 32, b"\2" * 32, proof)


def test_a_large_tree_asks_for_few_nodes_and_once():
    size = 100_000
    kept = Kept()
    for n in range(size):
        kept.append(sha256(n.to_bytes(4, "big")).digest())
    assert max(kept.asked) <= 17
    kept.asked.clear()
    began = time.perf_counter()
    proof = inclusion_proof(31_415, size, kept.fetch)
    check_inclusion(
        sha256((31_415).to_bytes(4, "big")).digest(),
        31_415,
        size,
        proof,
        root(size, kept.fetch),
    )
    took = time.perf_counter() - began
    assert len(proof) == 17
    assert kept.asked[0] <= 34
    assert len(kept.asked) == 2
    assert took < 0.05


def test_what_is_missing_is_said_and_does_not_stop_an_append(tree):
    holes = Kept()
    for leaf in LEAVES[:7]:
        holes.append(leaf)
    del holes.nodes[1, 2]

    with pytest.raises(MissingNodeError):
        root(7, holes.fetch)
    holes.append(LEAVES[7])

    assert (1, 3) in holes.nodes
    assert (2, 1) not in holes.nodes


def test_what_cannot_be_is_not_asked(tree):
    for index, size in ((3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_proof(index, size, tree.fetch)
    with pytest.raises(ValueError, match="no such trees"):
        consistency_proof(4, 3, tree.fetch)
