"""A temporary folder for one server, gone afterwards. Not here: what lies in it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.account import Account, private_parent
from shared.testing.missing import ServerMissing

_PLACES = (tempfile.gettempdir, lambda: "/tmp", lambda: "/var/tmp")  # noqa: S108 (mkdtemp makes its own folder there)


@contextmanager
def scratch_folder(purpose: str, account: Account | None = None) -> Iterator[Path]:
    """A fresh folder that the account (None: only we ourselves) can pass through; removed at the end."""
    for place in (Path(name()) for name in _PLACES):
        if place.is_dir() and private_parent(place, account) is None:
            folder = Path(tempfile.mkdtemp(prefix=f"kinward-{purpose}-", dir=place))
            break
    else:
        raise ServerMissing("No temporary folder is open to the server's account: set TMPDIR to one that is.")
    try:
        if account is not None:
            folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
