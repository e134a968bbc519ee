"""Under which licence a package is, as an SPDX expression, and whether we may ship it.

What is not on the list of those allowed is refused: an unknown licence as much as the GPL. Not here: which packages
there are (shipped).
"""

import importlib.metadata
import re
from functools import cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing
from packaging.utils import canonicalize_name

PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "OFL-1.1",
        "PSF-2.0",
        "PostgreSQL",
        "ZPL-2.1",
        "Zlib",
    }
)
WEAK = frozenset({"LGPL-3.0-or-later", "MPL-1.1", "MPL-2.0"})
"""Changes to the package's own files have to be shared; a program that uses it does not. We change none of them."""

DECIDED = {
    "kubernetes-validate": ("Apache-2.0", "its metadata says Apache; the licence text that it carries is version 2.0"),
    "psycopg2-binary": ("LGPL-3.0-or-later", "LGPL with an exception for linking; used as it comes, and replaceable"),
    "pyphen": ("GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1", "three licences to choose from; we take MPL-1.1"),
}
"""Packages whose own words need a reader: the expression, and what was read."""
WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "zpl 2.1": "ZPL-2.1",
}
"""What packages wrote before there were SPDX expressions in metadata."""
UNSAID = {"", "unknown"}


class Unknown(Exception):
    """What a package says of its licence is not understood; somebody has to read it and write DECIDED."""


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


def known(expression: str) -> str:
    """An SPDX expression as it is rightly written. Raises Unknown."""
    try:
        return str(_spdx().parse(expression, validate=True))
    except ExpressionError as error:
        raise Unknown(f"{expression!r} is no SPDX expression: {error}") from error


def of(distribution: importlib.metadata.Distribution) -> str:
    """The licence of an installed package as an SPDX expression. Raises Unknown."""
    metadata = distribution.metadata
    name = canonicalize_name(metadata["Name"])
    if name in DECIDED:
        return DECIDED[name][0]
    stated = metadata["License-Expression"]
    if stated:
        return known(stated)
    said = (metadata["License"] or "").strip().lower()
    classed = [
        each.rpartition("::")[2].strip().lower()
        for each in metadata.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    for word in (said, *classed):
        if word in WORDS:
            return WORDS[word]
        if word not in UNSAID and re.fullmatch(r"[a-z0-9.-]+", word) and word != "bsd":
            return known(word)
    if said == "bsd" or "bsd license" in classed:
        return _which_bsd(distribution)
    raise Unknown(f"{name}: license {said[:60]!r}, classifiers {classed}")


def _which_bsd(distribution: importlib.metadata.Distribution) -> str:
    """Three clauses forbid to advertise with the authors' names, two do not."""
    files = [file for file in distribution.files or () if re.search(r"licen[cs]e|copying", file.name, re.IGNORECASE)]
    words = " ".join(" ".join(file.read_text(encoding="utf-8").split()) for file in files)
    words += distribution.metadata["License"] or ""
    if "edistribution" not in words:
        raise Unknown(f"{distribution.metadata['Name']}: a BSD licence, and its text is not installed")
    return "BSD-3-Clause" if re.search(r"endorse or\s+promote", words) else "BSD-2-Clause"


def may_ship(expression: str) -> bool:
    """Whether a way through the expression (one side of each OR, all sides of each AND) is allowed throughout."""
    return bool(_spdx().parse(expression).subs(_truth(expression)).simplify() == _spdx().TRUE)


def _truth(expression: str) -> dict[object, object]:
    licensing = _spdx()
    parsed = licensing.parse(expression)
    allowed = PERMISSIVE | WEAK
    return {symbol: licensing.TRUE if symbol.key in allowed else licensing.FALSE for symbol in parsed.symbols}


def is_weak(expression: str) -> bool:
    """Whether only a licence with a duty to share changes to the package's own files lets us ship it."""
    licensing = _spdx()
    parsed = licensing.parse(expression)
    free = {symbol: licensing.TRUE if symbol.key in PERMISSIVE else licensing.FALSE for symbol in parsed.symbols}
    return bool(parsed.subs(free).simplify() != licensing.TRUE)
