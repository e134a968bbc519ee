"""Starts the process that makes a file anew, and says in our words why it could not."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer

from shared.cleaning.sniffing import MEDIA_TYPES, sniff
from shared.errors import Invalid, KinwardError, TooLarge, Unavailable, UnsupportedMedia

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
AT_ONCE = 2
PATIENCE = 30
MIB = 1024 * 1024
FIELD = "file"
ROOT = str(Path(__file__).parents[2])
# Isolated: no current directory, no user's packages, no environment of ours in the process that reads strange files.
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from shared.cleaning.worker import main; main(sys.argv[1:])"
_slots = BoundedSemaphore(AT_ONCE)

REFUSALS = {
    "file-damaged": ("The file is damaged or incomplete.", "Scan or save it again."),
    "picture-pixels": ("The picture has too many pixels.", "Take it with fewer, or make it smaller."),
    "pdf-encrypted": ("The document is protected by a password.", "Send it without protection."),
    "pdf-pages": ("The document has too many pages.", "Send it in parts."),
    "file-too-heavy": ("Reading the file takes too much time or memory.", "Print it to a new PDF, or take a picture."),
}
"""Why a file could not be made anew, by the rule that the process names."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be: bytes before and after, pixels of a picture, pages of a document."""

    size: int
    pixels: int
    pages: int


@dataclass(frozen=True)
class Cleaned:
    """A file made anew."""

    media_type: str
    data: bytes


def clean(data: bytes, declared: str, limits: Limits) -> Cleaned:
    """The file made anew. `declared` is the media type that its sender gave.

    Raises Invalid (empty, damaged, encrypted, too many pixels or pages), TooLarge, UnsupportedMedia, or Unavailable
    where too many files are being read already.
    """
    if not data:
        raise Invalid("The file is empty.", field=FIELD, rule="file-empty")
    _check_size(data, limits)
    found = sniff(data)
    if found is None:
        raise UnsupportedMedia(
            f"By its content the file is none of {', '.join(MEDIA_TYPES)}.", field=FIELD, rule="file-type"
        )
    if declared != found:
        raise UnsupportedMedia(f"By its content the file is {found}.", field=FIELD, rule="file-type-declared")
    made = _made_anew(data, found, limits)
    _check_size(made, limits)
    return Cleaned(found, made)


def _check_size(data: bytes, limits: Limits) -> None:
    if len(data) > limits.size:
        raise TooLarge(f"A file has at most {limits.size / MIB:g} MiB.", field=FIELD, rule="file-size")


def _made_anew(data: bytes, media_type: str, limits: Limits) -> bytes:
    numbers = [str(number) for number in (limits.pixels, limits.pages, MEMORY, SECONDS)]
    command = [sys.executable, "-I", "-c", START, ROOT, media_type, *numbers]
    if not _slots.acquire(timeout=PATIENCE):
        raise Unavailable("Too many files are being read just now.", field=FIELD)
    try:
        answer, code = _answered(command, data)
    finally:
        _slots.release()
    rule, _, made = answer.partition(b"\n")
    if code == 0 and rule == b"done":
        return made
    named = rule.decode("ascii", "replace")
    raise refusal(named if named in REFUSALS else "file-too-heavy")


def _answered(command: list[str], data: bytes) -> tuple[bytes, int]:
    """What the process answers, and its exit code; it is killed where it takes too long.

    By a timer of ours: under eventlet, subprocess raises a TimeoutExpired that is not subprocess.TimeoutExpired.
    """
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as process:
        ending = Timer(SECONDS, process.kill)
        ending.start()
        try:
            answer, _ = process.communicate(data)
        finally:
            ending.cancel()
    return answer, process.returncode


def refusal(rule: str) -> KinwardError:
    """Why a file could not be made anew."""
    message, remedy = REFUSALS[rule]
    return Invalid(message, field=FIELD, rule=rule, remedy=remedy)
