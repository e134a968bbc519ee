"""What a restore refuses before it asks any database, each with its rule, remedy and exit code."""

import io
import json
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from services.cli.app import tree
from services.cli.backups import alone, commands, manifest, note
from services.cli.backups.places import MIGRATIONS
from shared import config, db, deny_list
from shared.deny_list import Erased
from shared.dumping import unfinished
from shared.errors import ConfigurationError
from shared.ids import new_id
from shared.protection.keys import FileKeyProvider
from shared.sealed import Passphrase, SealedWriter, parts

WORDS = "a passphrase that is long enough"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def place(tmp_path):
    """A deployment's folder with keys, a passphrase for backups, and no database."""
    folder = tmp_path / "home" / "kz"
    FileKeyProvider(folder / "keys.json", folder / "keys.passphrase").create(AT)
    listed(tmp_path).begin()
    (tmp_path / "words").write_text(WORDS)
    (tmp_path / "words").chmod(0o600)
    return tmp_path


def listed(place):
    """The deployment's list of the erased."""
    folder = place / "home" / "kz"
    return deny_list.DenyList(
        folder / deny_list.FILE, FileKeyProvider(folder / "keys.json", folder / "keys.passphrase")
    )


def erased(*lists):
    """Put the next erasure into each of these lists, as one whose copies these are."""
    first, *others = lists
    first.append([Erased(new_id(), AT, "court-order")])
    for each in others:
        each.write_text(deny_list.text(first.lines()))


def deployment(place, home="home", name="kz"):
    """Its settings."""
    return config.load(name, {"KINWARD_HOME": str(place / home)})


def run(place, *arguments, words="words"):
    """Exit code and what was said, in one line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
    settings = {"KINWARD_HOME": str(place / "home"), "KINWARD_DEPLOYMENT": "kz"}
    opening = ["--passphrase-file", str(place / words)]
    done = CliRunner().invoke(tree(arguments[0]), [*map(str, arguments), *opening], env=kept | settings)
    return done.exit_code, re.sub(r"\s+", " ", done.output)


def written(place, kept="", **changed):
    """A sealed backup of registry that holds nothing but a manifest, and a list of the erased."""
    keys = FileKeyProvider(place / "home" / "kz" / "keys.json", place / "home" / "kz" / "keys.passphrase").keys()
    newest = db.known_revisions(MIGRATIONS["registry"])[-1]
    document = {
        "format": 1, "deployment": "kz", "taken_at": AT.isoformat(), "release": "0.1.0", "parts": {},
        "keys": manifest.keys_check(keys), "services": {"registry": {"revision": newest, "dumped_by": 15}},
    }  # fmt: skip
    path = place / "file.backup"
    with path.open("wb") as file:
        sealed = SealedWriter(file, [Passphrase(WORDS.encode(), 4)], {"kind": "backup"})
        writer = parts.PartsWriter(sealed)
        part = writer.add(manifest.ERASED, io.BytesIO(kept.encode()))
        document["parts"] = {manifest.ERASED: part.document()} if part.bytes else {}
        writer.finish(document | changed)
    return path


def refused(place, file, rule, *options, code=1, words="words"):
    status, said = run(place, "restore", file, *options, words=words)
    assert (status, f"rule: {rule}" in said) == (code, True), said
    assert "remedy:" in said


def test_what_passes_every_look_ends_where_the_database_is_not_named(place):
    status, said = run(place, "restore", written(place))
    assert (status, "KINWARD_REGISTRY_DATABASE_URL" in said) == (78, True), said


def test_another_passphrase_is_refused(place):
    (place / "other").write_text(WORDS + "!")
    (place / "other").chmod(0o600)
    refused(place, written(place), "sealed-for", words="other")


def test_a_broken_file_is_refused(place):
    file = written(place)
    raw = bytearray(file.read_bytes())
    raw[-5] ^= 1
    file.write_bytes(raw)
    refused(place, file, "sealed-chunks")
    file.write_bytes(raw[:-20])
    refused(place, file, "sealed-chunks")
    file.write_text("text")
    refused(place, file, "sealed-header")


@pytest.mark.parametrize(("changed", "rule"), [
    ({"deployment": "uz"}, "same-deployment"),
    ({"format": 2}, "known-release"),
    ({"services": {"registry": {"revision": "registry_9999", "dumped_by": 15}}}, "known-release"),
    ({"services": {"placements": {"revision": "placements_0001", "dumped_by": 15}}}, "part-there"),
])  # fmt: skip
def test_what_is_not_ours_or_not_known_is_refused(place, changed, rule):
    refused(place, written(place, **changed), rule, "--service", "registry")


def test_keys_that_are_missing_others_or_older_are_refused(place):
    file, folder = written(place), place / "home" / "kz"
    said = manifest.keys_check(FileKeyProvider(folder / "keys.json", folder / "keys.passphrase").keys())
    refused(place, written(place, keys=said | {"keks": [1, 2]}), "same-keys", code=78)
    file = written(place)
    (folder / "keys.json").unlink()
    refused(place, file, "keys-first", code=78)
    FileKeyProvider(folder / "keys.json", folder / "keys.passphrase").create(AT)
    refused(place, file, "same-keys", code=78)


def test_without_a_list_of_the_erased_registry_does_not_come_back(place):
    file, own = written(place), listed(place).path
    own.unlink()
    refused(place, file, "erased-stay-erased")
    assert not own.exists()
    assert run(place, "restore", file, "--nobody-erased-since")[0] == 78
    assert own.exists()


def test_every_list_of_the_erased_comes_together_before_a_record_comes_back(place):
    own, copy = listed(place), place / "copy"
    erased(own)
    kept = deny_list.text(own.lines())
    erased(own)
    erased(own, copy)
    whole = own.read()
    own.path.write_text(kept)
    assert run(place, "restore", written(place, kept), "--erased", copy)[0] == 78
    assert own.read() == whole


def test_a_changed_list_of_the_erased_is_refused_wherever_it_lies_until_it_is_taken_as_it_is(place):
    own, copy = listed(place), place / "copy"
    erased(own, copy)
    erased(own, copy)
    sound = own.path.read_text()
    foreign = str(new_id())
    spoilt = sound.replace(str(own.read()[0].id), foreign)
    for wrong, told in ((own.path, str(own.path)), (copy, "copy")):
        own.path.write_text(sound)
        wrong.write_text(spoilt)
        status, said = run(place, "restore", written(place, sound), "--erased", copy)
        assert (status, "rule: deny-list-bound" in said, told in said) == (78, True, True), said
        assert "line 1 of the list of erased ids was not written here" in said
        assert own.path.read_text() == (spoilt if wrong == own.path else sound)
    assert "rule: deny-list-bound" in run(place, "restore", written(place, spoilt))[1]
    assert run(place, "restore", written(place, sound), "--erased", copy, "--erased-unproven")[0] == 78
    assert foreign in {str(each.id) for each in own.read()}
    assert len(own.read()) == 3


def test_a_list_of_the_erased_that_was_cut_is_refused(place):
    own, copy = listed(place), place / "copy"
    for _ in range(3):
        erased(own, copy)
    sound = own.path.read_text().splitlines(keepends=True)
    own.path.write_text("".join(sound[2:]))
    status, said = run(place, "restore", written(place))
    assert (status, "rule: deny-list-bound" in said, "it was cut" in said) == (78, True, True), said
    own.path.write_text("".join(sound[:1]))
    refused(place, written(place, "".join(sound[:2])), "erased-stay-erased")
    assert own.path.read_text() == sound[0]
    own.path.write_text("".join(sound)[:-9])
    refused(place, written(place), "deny-list", code=78)
    own.path.unlink()
    assert run(place, "restore", written(place, "".join(sound[:2])), "--erased", copy)[0] == 78
    assert len(own.read()) == 3


def test_a_backup_is_sealed_for_somebody(place):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KINWARD_")}
    settings = kept | {"KINWARD_HOME": str(place / "home"), "KINWARD_DEPLOYMENT": "kz"}
    done = CliRunner().invoke(tree("backup"), ["backup", "--out", str(place)], env=settings)
    assert (done.exit_code, "backups-are-sealed" in done.output) == (78, True)


@pytest.mark.parametrize("home", ["home", "nowhere"])
def test_a_second_backup_at_the_same_time_is_refused_and_told_who_is_first(place, home):
    first, second, out = deployment(place, home), deployment(place, home), place / "backups"
    with alone.alone(first, out):
        with pytest.raises(alone.BackupRuns, match=f"process {os.getpid()};") as refused, alone.alone(second, out):
            pytest.fail("both at once")
        assert (refused.value.rule, "wait" in refused.value.remedy) == ("one-backup-at-a-time", True)
        other = deployment(place, home, "uz")
        other.folder.mkdir(parents=True)
        with alone.alone(other, out):
            pass
        if home != "nowhere":
            status, said = run(place, "backup", "--out", out)
            assert (status, "one-backup-at-a-time" in said, out.exists()) == (75, True, False), said
    with alone.alone(second, out):
        pass


def test_a_lock_whose_process_died_holds_nobody_up(place):
    first = deployment(place)
    (first.folder / alone.FILE).write_text("4194303")
    with alone.alone(first, place):
        assert (first.folder / alone.FILE).read_text() == str(os.getpid())


def test_the_note_of_the_last_backup_loses_nothing_that_two_say_at_once(place):
    settings = deployment(place)
    said = [*([note.keys_copied] * 30), *([lambda each: note.taken(each, {"taken_at": "a", "services": []}, 7)] * 30)]
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(lambda say: say(settings), said)) == [None] * len(said)
    found = note.read(settings)
    assert (bool(found["keys_copied_at"]), found["taken_at"], found["bytes"]) == (True, "a", 7)


def test_keys_are_put_apart_and_come_back_where_nothing_else_stands(place):
    folder = place / "home" / "kz"
    (folder / "deployment.env").write_text("KINWARD_PACK=kz\n")
    (place / "kz.backup").touch()
    status, said = run(place, "backup", "--keys", "--out", place)
    assert (status, "keys-apart" in said) == (1, True)
    assert run(place, "backup", "--keys", "--out", place / "apart")[0] == 0
    (file,) = (place / "apart").glob("*.keys")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads((folder / "backup.json").read_text())["keys_copied_at"]
    before = {name: (folder / name).read_bytes() for name in ("keys.json", "keys.passphrase", "deployment.env")}
    for name in before:
        (folder / name).unlink()
    assert run(place, "restore", file)[0] == 0
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    (folder / "keys.json").write_text("another")
    refused(place, file, "keys-not-replaced")
    assert run(place, "restore", file, "--replace")[0] == 0
    assert (folder / "keys.json").read_bytes() == before["keys.json"]


def test_a_pair_of_keys_is_made_once_and_private(place):
    out = place / "pair"
    for code in (0, 78):
        done = CliRunner().invoke(tree("backup"), ["backup", "recipient", "--out", str(out)])
        assert done.exit_code == code, done.output
    assert stat.S_IMODE((out / commands.PRIVATE).stat().st_mode) == 0o600
    assert "d" not in json.loads((out / commands.PUBLIC).read_text())


def test_nothing_is_served_while_a_restore_has_not_come_to_its_end(tmp_path):
    unfinished.begin(tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        unfinished.require_none(tmp_path)
    assert refused.value.rule == "restore-ended"
    unfinished.end(tmp_path)
    unfinished.require_none(tmp_path)


def test_a_list_of_erased_records_that_is_no_text_is_refused_with_its_name(place):
    (place / "other.jsonl").write_bytes(b"\xff\xfe\x00")
    code, said = run(place, "restore", written(place), "--erased", place / "other.jsonl")
    assert code == 78
    assert "other.jsonl" in said
    assert "is no text" in said
