"""The columns that a register may leave out: what it says of a child beyond what every register says.

Not here: what every register holds (register_rules), what becomes of it (register_children).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.cli.register_days import span
from services.cli.register_errors import Findings
from services.cli.register_text import check_name
from services.registry.domain import children_numbers as numbers

SECOND_NAME = ("family_name_2", "given_name_2", "patronymic_2")
COLUMNS = (
    "father_name", *SECOND_NAME, "script_2", "name_kind", "birth_basis", "birth_area", "civil_registration",
    "civil_number", "identifier_kind", "identifier_issuer", "identifier_value", "nationality", "languages",
    "disability", "parental_status_mother", "parental_status_father", "found_on", "found_area", "found_by",
    "found_place",
)  # fmt: skip
_ANY = frozenset(COLUMNS)
LISTS = {
    "name_kind": "name_kind", "birth_basis": "birth_basis", "civil_registration": "civil_registration",
    "parental_status_mother": "parental_status", "parental_status_father": "parental_status", "found_by": "found_by",
}  # fmt: skip
OWN_KEY = "REGISTER_KEY"
FLAGS = {"yes": True, "no": False, "": None}
OF_STATES = "states"
WITHOUT_STATE = {"STATELESS": "stateless", "UNDER_DETERMINATION": "under_determination", "UNKNOWN": "unknown"}
NOT_KNOWN = "UNKNOWN"


class CodeBook(Protocol):
    """What the check asks of a country pack."""

    def has(self, list_name: str, code: str) -> bool:
        """Whether the list knows the code."""

    def has_area(self, code: str, on: date | None = None) -> bool:
        """Whether the area exists, on the day if one is given."""

    def codes(self, list_name: str) -> Mapping[str, Mapping[str, str]]:
        """The rows of a list by code."""


@dataclass(frozen=True, slots=True)
class Details:
    """What a line says in these columns; None or empty where it says nothing.

    `second_name` is script, family name, given name, patronymic; `identifier` kind, issuer, value; `nationality` its
    status and states; `civil_registration` status and number; `parents` the status of mother and father; `found` first
    and last possible day, area, by whom, where.
    """

    father_name: str = ""
    name_kind: str = ""
    second_name: tuple[str, str, str, str] | None = None
    birth_basis: str = ""
    birth_area: str = ""
    civil_registration: tuple[str, str] | None = None
    identifier: tuple[str, str, str] | None = None
    nationality: tuple[str, tuple[str, ...]] | None = None
    languages: tuple[str, ...] = ()
    disability: bool | None = None
    parents: tuple[str | None, str | None] | None = None
    found: tuple[date, date, str, str, str] | None = None


NONE = Details()


def check(found: Findings, codes: CodeBook) -> Details:
    """The details of a line; what is wrong with them is refused in `found`."""
    cells = found.cells
    if _ANY.isdisjoint(cells) or not any(cells.get(column) for column in COLUMNS):
        return NONE
    for column, list_name in LISTS.items():
        if cells.get(column) and not codes.has(list_name, cells[column]):
            found.refuse(column, "code-known")
    for column in ("birth_area", "found_area"):
        if cells.get(column) and not codes.has_area(cells[column]):
            found.refuse(column, "area-ever-known")
    if cells.get("disability", "") not in FLAGS:
        found.refuse("disability", "disability-known")
    check_name(found, ("father_name",), cells.get("script", ""))
    mother, father = (cells.get(f"parental_status_{parent}") or None for parent in ("mother", "father"))
    return Details(
        father_name=cells.get("father_name", ""),
        name_kind=cells.get("name_kind", ""),
        second_name=_second_name(found, codes),
        birth_basis=cells.get("birth_basis", ""),
        birth_area=cells.get("birth_area", ""),
        civil_registration=_civil_registration(found),
        identifier=_identifier(found, codes),
        nationality=_nationality(found, codes),
        languages=_languages(found, codes),
        disability=FLAGS.get(cells.get("disability", "")),
        parents=(mother, father) if mother or father else None,
        found=_found(found),
    )


def _second_name(found: Findings, codes: CodeBook) -> tuple[str, str, str, str] | None:
    cells = found.cells
    family, given, patronymic = (cells.get(column, "") for column in SECOND_NAME)
    script = cells.get("script_2", "")
    if not (family or given or patronymic):
        return None
    if not script or script == cells.get("script") or not codes.has("script", script):
        found.refuse("script_2", "script-2-required")
    check_name(found, SECOND_NAME, script)
    return script, family, given, patronymic


def _civil_registration(found: Findings) -> tuple[str, str] | None:
    status, number = found.cells.get("civil_registration", ""), found.cells.get("civil_number", "")
    if number and not status:
        found.refuse("civil_registration", "civil-number-with-status")
    return (status, number) if status else None


def _identifier(found: Findings, codes: CodeBook) -> tuple[str, str, str] | None:
    """The number in its one written form; a kind or issuer without a number says nothing."""
    kind, issuer, value = (found.cells.get(f"identifier_{part}", "") for part in ("kind", "issuer", "value"))
    if not value:
        return None
    if kind == OWN_KEY or not codes.has("identifier_kind", kind):
        found.refuse("identifier_kind", "identifier-kind-known")
        return None
    rules = _NumberRules(codes)
    given = numbers.as_written(numbers.Identifier(kind, issuer, value), rules.number_rule(kind))
    for problem in numbers.problems([given], rules):
        found.refuse("identifier_value", problem.rule or "identifier-format")
    return given.kind, given.issuer, given.value


class _NumberRules:
    """What the pack says of numbers, for the domain's check of them."""

    def __init__(self, codes: CodeBook) -> None:
        self._rows = codes.codes("identifier_kind")

    def number_rule(self, kind: str) -> numbers.NumberRule:
        """The rule of a kind."""
        row = self._rows.get(kind, {})
        return numbers.NumberRule(row.get("pattern", ""), row.get("check_digit", ""))


def _nationality(found: Findings, codes: CodeBook) -> tuple[str, tuple[str, ...]] | None:
    words = found.cells.get("nationality", "").split()
    if not words:
        return None
    if len(words) == 1 and words[0] in WITHOUT_STATE:
        return WITHOUT_STATE[words[0]], ()
    if len(set(words)) < len(words) or not all(codes.has("state", word) for word in words):
        found.refuse("nationality", "nationality-known")
    return OF_STATES, tuple(words)


def _languages(found: Findings, codes: CodeBook) -> tuple[str, ...]:
    words = found.cells.get("languages", "").split()
    if len(set(words)) < len(words) or not all(codes.has("language", word) for word in words):
        found.refuse("languages", "languages-known")
    return tuple(words)


def _found(found: Findings) -> tuple[date, date, str, str, str] | None:
    """How a foundling was found: the day, month or year, and the area, are needed; by whom may be unknown."""
    on, area, by, place = (found.cells.get(f"found_{part}", "") for part in ("on", "area", "by", "place"))
    if not (on or area or place):
        return None
    days = next((days for precision in ("day", "month", "year") if (days := span(on, precision))), None)
    if days is None:
        found.refuse("found_on", "found-on-form")
    if not area:
        found.refuse("found_area", "found-area-required")
    return (*days, area, by or NOT_KNOWN, place) if days else None
