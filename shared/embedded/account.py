"""Which operating-system account runs a bundled server, and which folders that account can reach.

PostgreSQL refuses to run as root, so root hands it to a system account. Folders are only looked at: a private folder
stays private, and whoever put data below one is told so. Not here: starting anything.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ConfigurationError

SYSTEM_ACCOUNT = "pgserver"  # the name that the wheel itself uses


@dataclass(frozen=True)
class Account:
    """A system account that root starts servers as."""

    name: str
    uid: int
    gid: int
    groups: frozenset[int] = frozenset()

    @classmethod
    def named(cls, name: str) -> "Account":
        """Look the account up; KeyError if this machine has none of that name."""
        entry = pwd.getpwnam(name)
        return cls(name, entry.pw_uid, entry.pw_gid, frozenset(os.getgrouplist(name, entry.pw_gid)))


def server_account() -> Account | None:
    """The account for a bundled server: None (ourselves), or for root a system account, made on first use."""
    if os.geteuid() != 0:
        return None
    try:
        return Account.named(SYSTEM_ACCOUNT)
    except KeyError:
        return _create_account()


def _create_account() -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is not None:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command = [useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return Account.named(SYSTEM_ACCOUNT)  # made by us, or by a process that was quicker
    except KeyError:
        raise ConfigurationError(
            f"PostgreSQL does not run as root, and the system account {SYSTEM_ACCOUNT!r} could not be made.",
            rule="postgresql-not-as-root",
            remedy=f"Add a system account named {SYSTEM_ACCOUNT}, or run as an ordinary user.",
        ) from None


def private_parent(path: Path, account: Account | None) -> Path | None:
    """The topmost existing folder on the way to `path` (itself included) that the account may not search, if any.

    Judged by owner, group and mode; for ourselves (None) nothing is judged, opening the files will tell.
    """
    if account is None:
        return None
    resolved = path.resolve()
    for folder in reversed([resolved, *resolved.parents]):
        if not folder.exists():
            return None
        if folder.is_dir() and not _may_search(folder.stat(), account):
            return folder
    return None


def _may_search(entry: os.stat_result, account: Account) -> bool:
    if entry.st_uid == account.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid in account.groups | {account.gid}:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def make_home(home: Path) -> Path:
    """Make the folder of a deployment, and those above it, private to us; return it resolved.

    As root the new folders can be passed through (0711) but not listed by others, so that the server's account gets to
    its own 0700 folder. Folders that exist keep their modes. What else lies in a home is to be 0600.
    """
    home = home.resolve()
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for folder in reversed(missing):
        try:
            folder.mkdir()
        except FileExistsError:  # a second process was quicker
            continue
        folder.chmod(mode)
    return home


def refuse_private_place(folder: Path, account: Account | None) -> None:
    """Raise ConfigurationError if the account could not get to `folder`, which need not exist yet."""
    private = private_parent(folder, account)
    if private is None or account is None:
        return
    raise ConfigurationError(
        f"The data folder {folder} lies below {private}, which is private: "
        f"PostgreSQL runs as {account.name!r} and cannot reach it. Its permissions are left as they are.",
        field="KINWARD_HOME",
        rule="data-below-private-folder",
        remedy=f"Set KINWARD_HOME outside {private}, for instance to /var/lib/kinward; or, if others may pass through "
        f"{private}, chmod a+x it; or run as an ordinary user.",
    )


def make_server_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` for the account alone (0700). Its parent has to be ours: nobody else may swap it meanwhile."""
    folder.mkdir(mode=0o700, exist_ok=True)
    entry = folder.lstat()
    owner = account.uid if account is not None else os.geteuid()
    if account is not None and entry.st_uid == os.geteuid() and not any(folder.iterdir()):
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    elif entry.st_uid != owner:
        raise ConfigurationError(
            f"The data folder {folder} belongs to another account (uid {entry.st_uid}).",
            field="KINWARD_HOME",
            rule="data-owned-by-server-account",
            remedy="Run as the account that made it, or choose another KINWARD_HOME.",
        )
    folder.chmod(0o700)
