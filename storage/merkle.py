"""The RFC 6962 Merkle tree, from the hashes of its complete subtrees.

A tree is kept as nodes: `(level, position)` is the complete subtree over the leaves
from `position << level` to `(position + 1) << level`. An append adds the nodes that it
completes; every root and proof is put together from at most 2 log2(n) of them, fetched
at once. Proofs are those of RFC 6962 section 2.1, verified as RFC 9162, section 2.1.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256

from storage.errors import StorageError

Node = tuple[int, int]
Fetch = Callable[[Collection[Node]], Mapping[Node, bytes]]
"""Gives the hashes of nodes; one that is not there is left out."""

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


class MissingNodeError(StorageError, LookupError):
    """A node that the tree must have is not there."""


class BadProofError(StorageError, ValueError):
    """A proof does not show what it should."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def completed(size: int, leaf: bytes, fetch: Fetch) -> dict[Node, bytes]:
    """Return the nodes that a leaf (its hash) adds to a tree of `size` leaves.

    Where a sibling is missing, the nodes above it are left out.
    """
    siblings: list[Node] = []
    level, position = 0, size
    while position & 1:
        siblings.append((level, position - 1))
        level, position = level + 1, position >> 1
    known = fetch(siblings) if siblings else {}
    found = {(0, size): leaf}
    value = leaf
    for level, position in siblings:
        if (level, position) not in known:
            break
        value = node_hash(known[level, position], value)
        found[level + 1, position >> 1] = value
    return found


def root(size: int, fetch: Fetch) -> bytes:
    """Return the root of the first `size` leaves; raise `MissingNodeError`."""
    return _hashes([(0, size)], fetch)[0] if size else EMPTY


def inclusion_proof(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """Return the proof that leaf `index` is in a tree of `size` leaves."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    spans: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return _hashes(spans[::-1], fetch)


def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """Return the proof that a tree of `new` leaves begins with its first `old`."""
    if not 0 <= old <= new:
        raise ValueError("no such trees")
    if old in {0, new}:
        return []
    spans: list[tuple[int, int]] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    # What is the old tree itself, the verifier has.
    if start:
        spans.append((start, end))
    return _hashes(spans[::-1], fetch)


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise `BadProofError` unless the leaf (its hash) is in the tree of that root."""
    if not 0 <= index < size:
        raise BadProofError("no such leaf")
    value = leaf
    for on_the_left, each in zip(_turns(index, size - 1, proof), proof, strict=True):
        value = node_hash(each, value) if on_the_left else node_hash(value, each)
    if value != root:
        raise BadProofError("another tree")


def check_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise `BadProofError` unless the new tree begins with the whole old one."""
    if not 0 <= old <= new:
        raise BadProofError("smaller")
    if old in {0, new}:
        if proof or old_root != (new_root if old else EMPTY):
            raise BadProofError("another tree")
        return
    # A complete old tree is a node of the new one, and is not told again.
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise BadProofError("too short")
    first = path.pop(0)
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    was = now = first
    for on_the_left, each in zip(_turns(index, last, path), path, strict=True):
        if on_the_left:
            was, now = node_hash(each, was), node_hash(each, now)
        else:
            now = node_hash(now, each)
    if (was, now) != (old_root, new_root):
        raise BadProofError("another tree")


def _turns(index: int, last: int, path: Sequence[bytes]) -> list[bool]:
    """Return for each hash of a path whether it stands on the left.

    `index` is a node's position and `last` the last one's on its level. Raise
    `BadProofError` where the path does not end at the root.
    """
    turns: list[bool] = []
    for _ in path:
        if last == 0:
            raise BadProofError("too long")
        on_the_left = bool(index & 1) or index == last
        if on_the_left:
            # A last node without a neighbour goes up as it is.
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        turns.append(on_the_left)
        index, last = index >> 1, last >> 1
    if last:
        raise BadProofError("too short")
    return turns


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _hashes(spans: Sequence[tuple[int, int]], fetch: Fetch) -> list[bytes]:
    """Return the hashes of subtrees, each over the leaves from start to end."""
    parts = [_complete(start, end) for start, end in spans]
    wanted = [node for nodes in parts for node in nodes]
    known = fetch(wanted) if wanted else {}
    found: list[bytes] = []
    for nodes in parts:
        try:
            values = [known[node] for node in nodes]
        except KeyError as error:
            raise MissingNodeError(str(error)) from error
        value = values.pop()
        while values:
            value = node_hash(values.pop(), value)
        found.append(value)
    return found


def _complete(start: int, end: int) -> list[Node]:
    """Return the complete subtrees that make up one subtree of the tree."""
    nodes: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes
