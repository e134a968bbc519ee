"""Parts go into a sealed file and come out as they were; what the manifest does not say is refused."""

import io
import json
import stat

import pytest

from shared.errors import ConfigurationError
from shared.sealed import BrokenFile, Passphrase, PrivateKey, PublicKey, SealedWriter, parts, recipients

WORDS = Passphrase(b"a long enough passphrase", 4)
LARGE = b"0123456789" * (parts.PIECE // 10 + 100)


class Slow(io.BytesIO):
    """Gives less than it is asked for, as a pipe does."""

    def read(self, size=-1):
        return super().read(min(size, 70_001) if size > 0 else size)


def written(path, contents, change=lambda manifest: None, kind="backup"):
    with path.open("wb") as file:
        writer = parts.PartsWriter(SealedWriter(file, [WORDS], {"kind": kind}))
        summed = {name: writer.add(name, Slow(content)).document() for name, content in contents.items()}
        document = {"format": 1, "parts": {name: each for name, each in summed.items() if each["bytes"]}}
        change(document["parts"])
        writer.finish(document)
    return path


def read(path):
    found = {}
    parts.each(path, WORDS, "backup", lambda name, pieces: found.__setitem__(name, b"".join(pieces)))
    return found


def test_parts_come_out_as_they_went_in_in_their_order(tmp_path):
    contents = {"registry.dump": LARGE, "empty": b"", "small": b"x"}
    path = written(tmp_path / "file", contents)
    assert list(parts.manifest(path, WORDS, "backup")["parts"]) == ["registry.dump", "small"]
    assert read(path) == {name: content for name, content in contents.items() if content}
    assert parts.kind(path) == "backup"


def test_a_part_that_is_left_unread_is_skipped(tmp_path):
    path = written(tmp_path / "file", {"a": LARGE, "b": b"x"})
    seen = []
    parts.each(path, WORDS, "backup", lambda name, pieces: seen.append(name if name == "b" else next(pieces)[:1]))
    assert seen == [b"0", "b"]


@pytest.mark.parametrize("change", [
    lambda said: said["a"].update(sha256="00" * 32), lambda said: said["a"].update(bytes=2), lambda said: said.pop("a"),
    lambda said: said.update(c={"bytes": 1, "sha256": "00" * 32}),
])  # fmt: skip
def test_a_manifest_that_says_otherwise_is_refused(tmp_path, change):
    with pytest.raises(BrokenFile) as refused:
        parts.manifest(written(tmp_path / "file", {"a": b"a", "b": b"b"}, change), WORDS, "backup")
    assert refused.value.rule == "sealed-parts"


def test_a_file_of_another_kind_or_no_such_file_is_refused(tmp_path):
    with pytest.raises(BrokenFile, match="keys, not backup"):
        parts.manifest(written(tmp_path / "file", {}, kind="keys"), WORDS, "backup")
    (tmp_path / "text").write_text("KINWARD SEALED 2\nmore")
    with pytest.raises(BrokenFile, match="newer release"):
        parts.kind(tmp_path / "text")
    for path in (tmp_path / "none", tmp_path / "text"):
        with pytest.raises(BrokenFile):
            parts.manifest(path, WORDS, "backup")


def test_a_stranger_s_file_cannot_ask_for_all_of_our_memory():
    wrapped = WORDS.wrap(b"k" * 32) | {"scrypt": recipients.MOST_LOG_COST + 1}
    with pytest.raises(BrokenFile):
        WORDS.unwrap(wrapped)


def test_keys_are_jwks_and_private_ones_are_private(tmp_path):
    made = PrivateKey.generated()
    private, public = made.documents()
    for name, document in (("private", private), ("public", public)):
        (tmp_path / name).write_text(json.dumps(document))
        (tmp_path / name).chmod(0o600)
    assert public == {name: value for name, value in private.items() if name != "d"}
    key = b"k" * 32
    assert PrivateKey.read(tmp_path / "private").unwrap(PublicKey.read(tmp_path / "public").wrap(key)) == key
    with pytest.raises(ConfigurationError):
        PrivateKey.read(tmp_path / "public")
    (tmp_path / "private").chmod(0o600 | stat.S_IRGRP)
    with pytest.raises(ConfigurationError, match="others may read"):
        PrivateKey.read(tmp_path / "private")


def test_a_short_passphrase_and_one_that_others_read_are_refused(tmp_path):
    file = tmp_path / "words"
    file.write_text("too short")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="fewer than 16"):
        Passphrase.read(file)
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others may read"):
        Passphrase.read(file)
