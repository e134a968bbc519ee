"""Key files and trust entries."""

import stat

import pytest

from services.reporting.federation import documents, keys
from shared.errors import ConfigurationError, Invalid
from tests.unit.reporting.federation import given


def test_a_pair_is_written_readable_by_its_owner_only_and_loads_again(tmp_path):
    pair, private, public = given.written_pair(tmp_path)
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    loaded = keys.load_private(private)
    assert loaded.thumbprint() == pair.thumbprint() == loaded.kid
    assert documents.parse(public.read_bytes(), "public") == keys.public_jwk(pair)
    assert "d" not in keys.public_jwk(pair)


def test_a_key_file_is_never_overwritten(tmp_path):
    _, private, public = given.written_pair(tmp_path)
    before = private.read_bytes()
    with pytest.raises(FileExistsError):
        keys.write_pair(keys.generate(), private, public)
    assert private.read_bytes() == before


def test_a_private_key_that_others_can_read_is_refused(tmp_path):
    _, private, _ = given.written_pair(tmp_path)
    private.chmod(0o640)
    with pytest.raises(ConfigurationError, match="read by others"):
        keys.load_private(private)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"not json", b'{"d":1}'])
def test_a_file_that_is_no_key_is_a_configuration_error(tmp_path, content):
    file = tmp_path / "private.jwk"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError):
        keys.load_private(file)


def test_a_missing_file_and_a_public_key_are_configuration_errors(tmp_path):
    with pytest.raises(ConfigurationError):
        keys.load_private(tmp_path / "none.jwk")
    _, _, public = given.written_pair(tmp_path)
    public.chmod(0o600)
    with pytest.raises(ConfigurationError, match="no private key"):
        keys.load_private(public)


def test_a_private_key_is_never_taken_into_trust():
    with pytest.raises(Invalid, match="public key only"):
        keys.TrustEntry("kz", keys.generate().as_dict(private=True), frozenset({"KAZ"}), given.CARE)


def test_a_kid_that_is_not_the_thumbprint_is_refused():
    jwk = {**keys.public_jwk(given.key("kz")), "kid": given.key("uz").thumbprint()}
    with pytest.raises(Invalid, match="kid is not its thumbprint"):
        keys.TrustEntry("kz", jwk, frozenset({"KAZ"}), given.CARE)


@pytest.mark.parametrize("x", ["", "AA", "!!!", "A" * 42])
def test_a_key_of_the_wrong_length_is_refused(x):
    with pytest.raises(Invalid):
        keys.TrustEntry("kz", {"kty": "OKP", "crv": "Ed25519", "x": x}, frozenset({"KAZ"}), given.CARE)


@pytest.mark.parametrize(
    "change",
    [{"areas": frozenset({"XXX"})}, {"areas": frozenset({"ZZ-10"})}, {"from_seq": 0}, {"from_seq": 5, "until_seq": 3}],
)
def test_a_trust_entry_that_makes_no_sense_is_refused(change):
    with pytest.raises(Invalid):
        given.trust(**change)


def test_a_country_s_trust_covers_its_parts_and_a_part_s_covers_only_itself():
    country, part = given.trust(), given.trust(areas=frozenset({"KZ-75"}))
    assert country.objection(given.CARE, ("KAZ", "KZ-75"), 1) is None
    assert part.objection(given.CARE, ("KZ-75",), 1) is None
    for entry, area in ((part, "KAZ"), (part, "KZ-10"), (country, "UZ-AN"), (country, "UZB"), (country, "ZZ-1")):
        assert entry.objection(given.CARE, (area,), 1) == f"the key is not trusted for {area}"
