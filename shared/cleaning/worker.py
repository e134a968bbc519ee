"""The process that reads one strange file from its standard input and writes it anew to its standard output.

First it takes its own means away: time, memory, files, core dumps, further processes. The answer is a line, "done" or
the rule that says no, and then the file.
"""

import resource
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from shared.cleaning.refused import FileRefused

REFUSED = 3


def main(arguments: Sequence[str]) -> NoReturn:
    """Media type, pixels, pages, bytes of memory, seconds."""
    media_type = arguments[0]
    pixels, pages, memory, seconds = map(int, arguments[1:5])
    # Imported before the limits: loading a library opens files.
    if media_type == "application/pdf":
        from shared.cleaning.documents import made_anew as document

        _limit(memory, seconds)
        _answer(lambda data: document(data, pages))
    from shared.cleaning.pictures import made_anew as picture

    _limit(memory, seconds)
    _answer(lambda data: picture(data, media_type, pixels))


def _limit(memory: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 8),
    ):
        resource.setrlimit(what, (most, most))


def _answer(make: Callable[[bytes], bytes]) -> NoReturn:
    try:
        made = make(sys.stdin.buffer.read())
    except FileRefused as refused:
        sys.stdout.buffer.write(refused.rule.encode() + b"\n")
        sys.stdout.buffer.flush()
        sys.exit(REFUSED)
    except MemoryError:
        sys.stdout.buffer.write(b"file-too-heavy\n")
        sys.stdout.buffer.flush()
        sys.exit(REFUSED)
    sys.stdout.buffer.write(b"done\n")
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    sys.exit(0)
