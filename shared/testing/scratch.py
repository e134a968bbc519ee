"""A temporary folder for one server, gone afterwards with the processes that noted themselves in it.

Not here: what lies in it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.account import Account, private_parent
from shared.testing.afterwards import afterwards
from shared.testing.missing import ServerMissing

_PLACES = (tempfile.gettempdir, lambda: "/tmp", lambda: "/var/tmp")  # noqa: S108 (mkdtemp makes its own folder there)
# Process groups in *.group, processes in *.process, PostgreSQL's own notes up to two folders down. A server that is
# just ending may still write, so again.
_CLEAR = """
for group in "$1"/*.group; do [ -e "$group" ] && kill -s KILL -- "-$(cat "$group")"; done
for note in "$1"/*.process; do [ -e "$note" ] && kill -s KILL "$(cat "$note")"; done
for note in "$1"/postgresql/data/postmaster.pid "$1"/*/postgresql/data/postmaster.pid \
    "$1"/*/*/postgresql/data/postmaster.pid; do
    [ -e "$note" ] && kill -s QUIT "$(head -n 1 "$note")"
done
for turn in 1 2 3 4 5 6 7 8; do rm -rf "$1" && break; sleep 0.25; done
"""


@contextmanager
def scratch_folder(purpose: str, account: Account | None = None) -> Iterator[Path]:
    """A fresh folder that the account (None: only we ourselves) can pass through; removed at the end."""
    for place in (Path(name()) for name in _PLACES):
        if place.is_dir() and private_parent(place, account) is None:
            break
    else:
        raise ServerMissing("No temporary folder is open to the server's account: set TMPDIR to one that is.")
    folder = Path(tempfile.mkdtemp(prefix=f"kinward-{purpose}-", dir=place))
    with afterwards(_CLEAR, folder):
        if account is not None:
            folder.chmod(0o711)
        yield folder
