"""How a person proves who they are: password (argon2id), one-time code (TOTP, RFC 6238), recovery codes.

Pure but for the queue: hashing takes 19 MiB and a moment of one core on purpose, so that two are at work at a time and
the others wait. Not here: what is stored (accounts), and how often one may try (delays).
"""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Invalid, Unavailable

AT_A_TIME = 2
WAIT_SECONDS = 90.0
SHORTEST = 12
LONGEST = 256
RECOVERY_CODES = 10
STEP_SECONDS = 30
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # without what looks alike on paper
COMMON = frozenset({"password", "passwort", "qwerty", "123456", "kinward", "letmein", "welcome", "admin"})

_QUEUE = threading.BoundedSemaphore(AT_A_TIME)
# argon2id as OWASP's password storage cheat sheet has it. With the library's own 64 MiB on four threads 50 of a storm
# of 120 failed on two busy cores: their one-time codes were too old when their turn came. With this none did, in a
# sixth of the time.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@contextmanager
def _turn() -> Iterator[None]:
    if not _QUEUE.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Too many people are signing in at this moment.", remedy="Try again in a minute.")
    try:
        yield
    finally:
        _QUEUE.release()


def check_password(password: str, login: str) -> None:
    """Raise Invalid where a new password is too short, too long or too easily guessed."""
    small = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            f"A password has {SHORTEST} to {LONGEST} characters.",
            field="password", rule="password-length", remedy="Several words are good, blanks count too.",
        )  # fmt: skip
    if len(set(small)) < 5 or login in small or any(small.startswith(word) for word in COMMON):
        raise Invalid(
            "This password is too easily guessed.",
            field="password", rule="password-guessable", remedy="Take several words that do not belong together.",
        )  # fmt: skip


def hashed(password: str) -> str:
    """The hash to keep. Waits for its turn; raises Unavailable where that takes too long."""
    with _turn():
        return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; where there is none (no such account) it takes as long to say no."""
    with _turn():
        try:
            return _HASHER.verify(kept or _nobodys(), password[: LONGEST + 1]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def new_secret() -> str:
    """The secret of a new second factor, base32."""
    return pyotp.random_base32()


def enrolment(secret: str, login: str, deployment: str) -> str:
    """The otpauth:// address that the person's app reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=f"Kinward {deployment}")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code it is, this one or the one on either side; None where it is none of them."""
    typed = "".join(str(int(each)) for each in code if each.isdecimal())
    here = int(now.timestamp()) // STEP_SECONDS
    known = pyotp.TOTP(secret)
    steps = (here, here - 1, here + 1)
    found = [step for step in steps if secrets.compare_digest(known.at(step * STEP_SECONDS), typed)]
    return found[0] if found else None


def new_code(parts: int) -> str:
    """A random code in groups of four letters and digits, xxxx-xxxx and so on: 19 bits a group."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(parts))


def new_recovery_codes() -> list[str]:
    """Ten codes for days without the app, each good once."""
    return [new_code(3) for _ in range(RECOVERY_CODES)]


def spelled(made: bytes, parts: int) -> str:
    """A digest of a key as a code of the same form; what is left over of it is dropped."""
    rest, letters = int.from_bytes(made), ""
    for _ in range(4 * parts):
        rest, place = divmod(rest, len(LETTERS))
        letters += LETTERS[place]
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def plain(code: str) -> str:
    """A code however it was typed: small letters and digits alone."""
    return "".join(each for each in code.lower() if each.isalnum())


def fingerprint(code: str) -> bytes:
    """SHA-256 of a recovery code or of an invitation's, however it was typed: long and random, so no slow hash."""
    return hashlib.sha256(plain(code).encode()).digest()
