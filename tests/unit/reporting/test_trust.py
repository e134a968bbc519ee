"""The file of trusted keys."""

import json
from pathlib import Path

import pytest

from services.reporting import trust
from services.reporting.federation import keys
from shared.errors import ConfigurationError, Invalid


def public_file(folder: Path) -> Path:
    """A public key as `kinward trust show-key` prints it."""
    file = folder / "public.jwk"
    file.write_text(json.dumps(keys.public_jwk(keys.generate()), indent=1), encoding="utf-8")
    return file


def test_what_was_added_is_read_again(tmp_path: Path) -> None:
    entry = trust.entry_of(public_file(tmp_path), "kz", ["KAZ"], 1, None)
    assert trust.add(tmp_path / "trust.json", entry) == (entry,)
    assert trust.read(tmp_path / "trust.json") == (entry,)


def test_a_key_said_again_stands_once_as_said_last(tmp_path: Path) -> None:
    file, known = public_file(tmp_path), tmp_path / "trust.json"
    trust.add(known, trust.entry_of(file, "kz", ["KAZ"], 1, None))
    trust.add(known, trust.entry_of(file, "kz", ["KAZ"], 1, 9))
    trust.add(known, trust.entry_of(file, "uz", ["UZB"], 1, None))
    assert [(entry.issuer, entry.until_seq) for entry in trust.read(known)] == [("kz", 9), ("uz", None)]


def test_nobody_is_trusted_without_a_file_and_a_broken_file_is_an_error(tmp_path: Path) -> None:
    known = tmp_path / "trust.json"
    assert trust.read(known) == ()
    for broken in ("", "[]", '{"trusted": [{}]}', '{"trusted": 1}'):
        known.write_text(broken, encoding="utf-8")
        with pytest.raises(ConfigurationError):
            trust.read(known)


def test_a_private_key_or_none_is_no_key_to_trust(tmp_path: Path) -> None:
    file = tmp_path / "key.jwk"
    file.write_text(json.dumps(keys.generate().as_dict(private=True)), encoding="utf-8")
    with pytest.raises(Invalid):
        trust.entry_of(file, "kz", ["KAZ"], 1, None)
    for text in ("", "[1]", "{}"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid):
            trust.entry_of(file, "kz", ["KAZ"], 1, None)
