"""RFC 6962 trees against the published vectors of Certificate Transparency's reference tests."""

import pytest

from services.reporting.federation import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
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


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_the_first_leaves_is_the_published_one(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(1, 9))
def test_every_leaf_is_proven_in_its_place_and_in_no_other(size):
    leaves, root = LEAVES[:size], merkle.root(LEAVES[:size])
    for index in range(size):
        proof = merkle.inclusion_proof(leaves, index)
        assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
        assert not merkle.verify_inclusion(b"other", index, size, proof, root)
        for elsewhere in {*range(-1, size + 1)} - {index}:
            assert not merkle.verify_inclusion(leaves[index], elsewhere, size, proof, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root)
        assert not proof or not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root)


def test_a_published_path_is_ours():
    """RFC 6962 2.1.3: the audit path of d4 among seven leaves is (f, j, k... ) = leaf 5, nodes (6), (0..3)."""
    leaves = LEAVES[:7]
    assert merkle.inclusion_proof(leaves, 4) == [
        merkle.leaf_hash(leaves[5]),
        merkle.leaf_hash(leaves[6]),
        merkle.root(leaves[:4]),
    ]


def test_a_leaf_cannot_pass_for_a_node():
    two = [b"a", b"b"]
    joined = merkle.leaf_hash(b"a") + merkle.leaf_hash(b"b")
    assert merkle.root([joined]) != merkle.root(two)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_outside_the_tree(index):
    with pytest.raises(IndexError):
        merkle.inclusion_proof(LEAVES[:3], index)
