"""Work that is done when this process leaves a block, in whatever way it goes: in order, by a signal, by kill -9.

A small shell waits on a pipe that the kernel closes with us. The orderly way is the same way, so it is always tried.
Not here: what is to be done.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def afterwards(script: str, *arguments: str | Path) -> Iterator[None]:
    """Run the shell script, with its arguments as $1 and on, once the block is left or this process is dead."""
    shell = subprocess.Popen(
        ["/bin/sh", "-c", f"cat >/dev/null\n{script}", "afterwards", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # Ctrl-C on the terminal is not for it
    )
    assert shell.stdin is not None
    try:
        yield
    finally:
        shell.stdin.close()
        shell.wait()
