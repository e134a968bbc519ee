"""The bytes of a sealed file: a header, then chunks that each know their place, and the last that it is the last.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015): AES-256-GCM over chunks of 64 KiB, the nonce being the chunk's number and whether it is the
last. So a chunk that was changed, left out, repeated or moved, a file that was cut off and one that goes on behind its
end do not open, and no byte leaves before it was checked. The key of the chunks is derived from the file's own key and
the whole header, so a changed header opens nothing. Memory: one chunk. Not here: for whom (recipients).
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.sealed.errors import BrokenFile, WrongKey
from shared.sealed.recipients import KEY_BYTES, Recipient, Unlocking

MAGIC = b"KINWARD SEALED 1\n"
CHUNK, TAG = 64 * 1024, 16
LONGEST_HEADER = 64 * 1024
INFO = b"Kinward sealed chunks"


def _cipher(key: bytes, header: bytes) -> AESGCM:
    salt = hashlib.sha256(header).digest()
    return AESGCM(HKDF(hashes.SHA256(), KEY_BYTES, salt, INFO).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


class SealedWriter:
    """Write bytes, then close(); without that the file does not open. `key` opens what was just written."""

    def __init__(self, to: IO[bytes], recipients: Sequence[Recipient], about: Mapping[str, Any]) -> None:
        self.key = os.urandom(KEY_BYTES)
        header = json.dumps({**about, "recipients": [each.wrap(self.key) for each in recipients]}).encode()
        whole = MAGIC + len(header).to_bytes(4) + header
        to.write(whole)
        self._to, self._cipher = to, _cipher(self.key, whole)
        self._waiting, self._number = bytearray(), 0

    def write(self, data: bytes) -> int:
        """Take bytes; a whole chunk goes out once more follows."""
        self._waiting += data
        at = 0
        with memoryview(self._waiting) as view:
            while len(view) - at > CHUNK:
                self._put(bytes(view[at : at + CHUNK]), last=False)
                at += CHUNK
        del self._waiting[:at]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._to.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Reads what was sealed. `unlocking` is what somebody opens files with, or the file's own key.

    Raises BrokenFile, at the byte where it is found; WrongKey at once.
    """

    def __init__(self, source: IO[bytes], unlocking: Unlocking | bytes) -> None:
        super().__init__()
        self._source = source
        self.about, header = read_header(source)
        wrapped = self.about.pop("recipients")
        key = unlocking if isinstance(unlocking, bytes) else _key(wrapped, unlocking)
        self._cipher = _cipher(key, header)
        self._open, self._at, self._number = b"", 0, 0
        self._next: bytes | None = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer only at the end; all of them for -1."""
        parts: list[bytes] = []
        wanted = size
        while wanted and self._more():
            part = self._open[self._at :] if wanted < 0 else self._open[self._at : self._at + wanted]
            self._at += len(part)
            wanted -= len(part) if wanted > 0 else 0
            parts.append(part)
        return b"".join(parts)

    def drain(self) -> None:
        """Read to the end, so that it is known to be whole."""
        while self._more():
            self._at = len(self._open)

    def _more(self) -> bool:
        """Whether there is a byte to give; opens the next chunk where the one before is used up."""
        while self._at >= len(self._open):
            if self._next is None:
                return False
            sealed, follows = self._next, self._source.read(CHUNK + TAG)
            last = not follows
            try:
                self._open = self._cipher.decrypt(_nonce(self._number, last=last), sealed, None)
            except (InvalidTag, ValueError):
                raise BrokenFile(
                    f"Chunk {self._number} does not open: changed, or cut off.", field="file", rule="sealed-chunks",
                    remedy="take another copy of the file",
                ) from None  # fmt: skip
            self._at, self._number = 0, self._number + 1
            self._next = None if last else follows
        return True


def read_header(source: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """What a file says of itself before it is opened, not yet checked, and its bytes. Raises BrokenFile."""
    begins = source.read(len(MAGIC))
    if begins != MAGIC:
        newer = begins.startswith(b"KINWARD SEALED ") and len(begins) == len(MAGIC)
        raise BrokenFile(
            "A format of a newer release." if newer else "This is no sealed file of Kinward.", field="header",
            rule="sealed-header", remedy="use the release that wrote it" if newer else "name a file of kinward backup",
        )  # fmt: skip
    length = source.read(4)
    size = int.from_bytes(length)
    if len(length) == 4 and size <= LONGEST_HEADER:
        text = source.read(size)
        try:
            about = json.loads(text)
            if len(text) == size and all(isinstance(each, dict) for each in about["recipients"]):
                return about, begins + length + text
        except (ValueError, KeyError, TypeError):
            pass
    raise BrokenFile("Its header cannot be read.", field="header", rule="sealed-header", remedy="take another copy")


def _key(wrapped: Sequence[Mapping[str, Any]], unlocking: Unlocking) -> bytes:
    for each in wrapped:
        key = unlocking.unwrap(each)
        if key is not None and len(key) == KEY_BYTES:
            return key
    kinds = sorted({str(each.get("for")) for each in wrapped})
    names = [str(each["key"]) for each in wrapped if "key" in each]
    raise WrongKey(
        "The key or passphrase given does not open this file.", field="key", rule="sealed-for",
        remedy=f"it is sealed for: {', '.join(kinds)}" + (f" (public keys {', '.join(names)})" if names else ""),
    )  # fmt: skip
