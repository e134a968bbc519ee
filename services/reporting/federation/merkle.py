"""Merkle trees of RFC 6962, section 2.1: one root over all that a hub has judged, and proofs that a leaf is in it.

Not here: what a leaf holds (receipt).
"""

from collections.abc import Sequence
from hashlib import sha256


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash of the leaves' contents in their order (RFC 6962 2.1); of no leaves, the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = _split(len(leaves))
    return _node(root(leaves[:split]), root(leaves[split:]))


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of a leaf, nearest first (RFC 6962 2.1.1). Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), root(leaves[:split])]


def verify_inclusion(leaf: bytes, index: int, tree_size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof leads from the leaf at this place to the expected root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < tree_size:
        return False
    place, last = index, tree_size - 1
    reached = leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            reached = _node(sibling, reached)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = _node(reached, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == expected


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps leaves and nodes apart."""
    return sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
