"""The bundle's zip: only the one form that we write is read, so there is nothing in it to hide, overlap or unfold.

Members stand stored, front to back, with plain names and fixed dates. Not here: what the members say.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from shared.errors import Invalid

SIZE_LIMIT = 64 * 1024 * 1024
MEMBER_LIMIT = 32
MANIFEST_LIMIT = 90_000  # joserfc signs and verifies payloads up to 128,000 characters of base64
UNPACKED_LIMIT = 256 * 1024 * 1024

_NAME = re.compile(rb"[a-z][a-z0-9_-]{0,40}(?:\.[a-z0-9]{1,8}){1,2}")
_LOCAL = struct.Struct("<4s5H3I2H")  # APPNOTE.TXT 4.3.7: local file header


def pack(members: Mapping[str, bytes]) -> bytes:
    """Zip members (stored, manifest first, then by name). Raises Invalid over the limits."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members, key=lambda name: (name != "manifest.json", name)):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, members[name])
    raw = out.getvalue()
    if len(raw) > SIZE_LIMIT or len(members) > MEMBER_LIMIT:
        raise Invalid("the bundle is larger than 64 MiB or has more than 32 members", field="bundle")
    return raw


def unpack(raw: bytes) -> dict[str, bytes]:
    """The members of a bundle. Raises Invalid for anything but the bytes that `pack` writes."""
    if len(raw) > SIZE_LIMIT:
        raise Invalid("the bundle is larger than 64 MiB", field="bundle")
    members: dict[str, bytes] = {}
    at = 0
    while raw[at : at + 4] == b"PK\x03\x04":
        name, content, at = _member(raw, at)
        if name in members or len(members) == MEMBER_LIMIT:
            raise Invalid("the bundle holds a name twice or more than 32 members", field="bundle")
        members[name] = content
    for required in ("manifest.json", "signature.json", "cells.csv.gz", "audit.json"):
        if required not in members:
            raise Invalid(f"the bundle has no {required}", field="bundle")
    if len(members["manifest.json"]) > MANIFEST_LIMIT:
        raise Invalid(f"manifest.json is larger than {MANIFEST_LIMIT} bytes", field="manifest.json")
    # Writing it again shows whatever stands between, behind or beside the members, and a directory that differs.
    if pack(members) != raw:
        raise Invalid("the bundle is not the zip that we write (stored, fixed dates, nothing else)", field="bundle")
    return members


def _member(raw: bytes, at: int) -> tuple[str, bytes, int]:
    start = at + _LOCAL.size
    if start > len(raw):
        raise Invalid("the bundle ends inside a member", field="bundle")
    _, _, flags, method, _, _, _, packed, size, name_length, extra_length = _LOCAL.unpack_from(raw, at)
    if flags or method or packed != size or extra_length:
        raise Invalid("a member of the bundle is not plainly stored", field="bundle")
    name = raw[start : start + name_length]
    if not _NAME.fullmatch(name):
        raise Invalid("a member of the bundle has an unsafe name", field="bundle")
    body = start + name_length
    if body + size > len(raw):
        raise Invalid("the bundle ends inside a member", field="bundle")
    return name.decode("ascii"), raw[body : body + size], body + size


def gunzip(packed: bytes, ratio_limit: int) -> bytes:
    """Unpack one gzip member, never further than the ratio and UNPACKED_LIMIT. Raises Invalid."""
    limit = min(len(packed) * ratio_limit, UNPACKED_LIMIT)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        raw = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Invalid("cells.csv.gz is not gzip", field="cells.csv.gz") from error
    if len(raw) > limit:
        raise Invalid(f"cells.csv.gz unpacks to more than {ratio_limit} times its size", field="cells.csv.gz")
    if not unpacker.eof or unpacker.unused_data:
        raise Invalid("cells.csv.gz is cut off or followed by something", field="cells.csv.gz")
    return raw
