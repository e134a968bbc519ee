"""The columns that a register may leave out: a second spelling of the name, kind of name, birth basis, numbers.

Not here: what every register holds (register_rules).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.cli.register_errors import Findings
from services.cli.register_text import check_scripts

SECOND_NAME = ("family_name_2", "given_name_2", "patronymic_2")
COLUMNS = (
    *SECOND_NAME, "script_2", "name_kind", "birth_basis", "identifier_kind", "identifier_issuer", "identifier_value",
    "disability",
)  # fmt: skip
OWN_KEY = "REGISTER_KEY"
FLAGS = {"yes": True, "no": False, "": None}


class CodeBook(Protocol):
    """What the check asks of a country pack."""

    def has(self, list_name: str, code: str) -> bool:
        """Whether the list knows the code."""

    def codes(self, list_name: str) -> Mapping[str, Mapping[str, str]]:
        """The rows of a list by code."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a register says of a child beyond what every register says; None or empty where it says nothing.

    `second_name` is script, family name, given name, patronymic; `identifier` is kind, issuer, value.
    """

    name_kind: str | None = None
    second_name: tuple[str, str, str, str] | None = None
    birth_basis: str | None = None
    identifier: tuple[str, str, str] | None = None
    disability: bool | None = None


NONE = Details()


def check(found: Findings, codes: CodeBook) -> Details:
    """The details of a line; what is wrong with them is refused in `found`."""
    cells = found.cells
    if not any(cells.get(column) for column in COLUMNS):
        return NONE
    for column in ("name_kind", "birth_basis"):
        if cells.get(column) and not codes.has(column, cells[column]):
            found.refuse(column, f"{column.replace('_', '-')}-known")
    if cells.get("disability", "") not in FLAGS:
        found.refuse("disability", "disability-known")
    return Details(
        name_kind=cells.get("name_kind") or None,
        second_name=_second_name(found, codes),
        birth_basis=cells.get("birth_basis") or None,
        identifier=_identifier(found, codes),
        disability=FLAGS.get(cells.get("disability", "")),
    )


def _second_name(found: Findings, codes: CodeBook) -> tuple[str, str, str, str] | None:
    cells = found.cells
    family, given, patronymic = (cells.get(column, "") for column in SECOND_NAME)
    script = cells.get("script_2", "")
    if not (family or given or patronymic):
        return None
    if not script or script == cells.get("script") or not codes.has("script", script):
        found.refuse("script_2", "script-2-required")
    check_scripts(found, SECOND_NAME, script)
    return script, family, given, patronymic


def _identifier(found: Findings, codes: CodeBook) -> tuple[str, str, str] | None:
    cells = found.cells
    kind, issuer, value = (cells.get(f"identifier_{part}", "") for part in ("kind", "issuer", "value"))
    if not (kind or issuer or value):
        return None
    if not (kind and value):
        found.refuse("identifier_value" if kind else "identifier_kind", "identifier-whole")
    elif kind == OWN_KEY or not codes.has("identifier_kind", kind):
        found.refuse("identifier_kind", "identifier-kind-known")
    else:
        pattern = codes.codes("identifier_kind")[kind].get("pattern", "")
        if pattern and not re.fullmatch(pattern, value):
            found.refuse("identifier_value", "identifier-form")
    return kind, issuer, value
