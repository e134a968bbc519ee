"""What the embedded PostgreSQL decides before it starts anything: reachable folders, stale notes, locks, names."""

import os
from pathlib import Path

import pytest

from shared.embedded import EmbeddedPostgres, make_home, postmaster, programs, running
from shared.embedded.account import Account, private_parent, refuse_private_place
from shared.embedded.lock import FileLock
from shared.errors import ConfigurationError, Invalid, Unavailable

STRANGER = Account("stranger", uid=64_001, gid=64_001)


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that anybody may pass through, as far as its own mode goes."""
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def open_parents(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judge only folders from `folder` down: the test run's own temporary folder is private."""
    real = Path.stat

    def stat(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        return real(self if self.is_relative_to(folder) else Path("/"), follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", stat)


def test_a_folder_that_others_may_not_search_is_private(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    open_parents(open_folder, monkeypatch)

    assert private_parent(private / "not-yet" / "home", STRANGER) == private
    assert private_parent(open_folder / "not-yet", STRANGER) is None


def test_the_owner_and_the_group_may_search_what_others_may_not(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = open_folder / "group"
    folder.mkdir()
    folder.chmod(0o710)
    entry = folder.stat()
    open_parents(open_folder, monkeypatch)

    assert private_parent(folder, Account("owner", entry.st_uid, 64_001)) is None
    assert private_parent(folder, Account("member", 64_001, 64_001, frozenset({entry.st_gid}))) is None
    assert private_parent(folder, STRANGER) == folder


def test_our_own_account_is_not_judged(tmp_path: Path) -> None:
    assert private_parent(tmp_path, None) is None


def test_a_home_below_a_private_folder_is_refused_with_its_remedy_and_stays_private(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    open_parents(open_folder, monkeypatch)

    with pytest.raises(ConfigurationError, match="private") as refused:
        refuse_private_place(private / "kz", STRANGER)

    assert refused.value.field == "KINWARD_HOME"
    assert refused.value.remedy is not None
    assert "/var/lib/kinward" in refused.value.remedy
    assert private.stat().st_mode & 0o777 == 0o700
    assert not (private / "kz").exists()


def test_a_new_home_is_not_listed_by_others_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    old.chmod(0o750)

    home = make_home(old / "deployments" / "kz")

    assert old.stat().st_mode & 0o777 == 0o750
    for made in (home, home.parent):
        assert made.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)


@pytest.mark.parametrize("text", ["", "not a number\n", "\n\n\n"])
def test_a_note_that_was_cut_off_names_no_server(tmp_path: Path, text: str) -> None:
    (tmp_path / "postmaster.pid").write_text(text)

    assert postmaster.recorded(tmp_path) is None


def test_a_process_number_that_now_is_another_program_is_no_server(tmp_path: Path) -> None:
    note = f"{os.getpid()}\n{tmp_path}\n1700000000\n5432\n{tmp_path}\n\n  1 2\nready   \n"
    (tmp_path / "postmaster.pid").write_text(note)

    assert postmaster.recorded(tmp_path) == postmaster.Postmaster(os.getpid(), tmp_path, "ready")
    assert postmaster.running(tmp_path) is None


def test_a_home_without_data_is_not_running_and_is_not_made(tmp_path: Path) -> None:
    assert not running(tmp_path / "kz")
    assert not (tmp_path / "kz").exists()


def test_a_lock_is_held_by_one_alone_or_shared_by_many(tmp_path: Path) -> None:
    one, other, third = (FileLock(tmp_path / "lock", patience=0.0) for _ in range(3))

    assert one.try_lock(shared=True)
    assert other.try_lock(shared=True)
    assert not third.try_lock()
    with pytest.raises(Unavailable):
        third.lock()
    other.release()
    assert one.try_lock()  # from shared to alone, once the others have left
    assert not third.try_lock(shared=True)
    one.release()
    third.release()


def test_a_lock_names_the_process_that_signed_it(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock") as lock:
        lock.sign()

    assert FileLock(tmp_path / "lock").signature() == str(os.getpid())


@pytest.mark.parametrize("name", ["", "Registry", "a-b", 'a"b', "1a", "a" * 64])
def test_a_database_name_is_a_plain_identifier(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        EmbeddedPostgres(tmp_path / "kz").ensure_database(name)


def test_a_missing_wheel_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ConfigurationError, match="not installed"):
        programs.wheel_programs()
