"""What one line of a register file must hold: its cells as typed values, or the rules they break with a remedy each.

Only impossibilities and unreadable values are refused here. Whether a placement was lawful is never asked: an import
records facts (care rules open breaches in placements). Reading bytes and comparing lines is not here (register_file).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.cli import register_details
from services.cli.register_days import FORMS, span
from services.cli.register_details import Details
from services.cli.register_errors import Findings, LineError
from services.cli.register_text import check_name, check_text

COLUMNS = (
    "child_key", "family_name", "given_name", "patronymic", "script", "sex", "birth_date", "birth_precision", "area",
    "care_form", "provider_key", "provider_name", "from", "entry_reason", "to", "exit_destination", "centre_key",
    "worker_key", "carer_relation",
)  # fmt: skip
CHILD_COLUMNS = COLUMNS[: COLUMNS.index("care_form")]
STAY_COLUMNS = COLUMNS[len(CHILD_COLUMNS) :]
"""A line whose cells in these are all empty registers a child and no stay."""
NAME_COLUMNS = ("family_name", "given_name", "patronymic")
LONG_COLUMNS = frozenset({
    *NAME_COLUMNS, *register_details.SECOND_NAME, "father_name", "provider_name", "found_place", "languages",
})  # fmt: skip
EARLIEST_BIRTH = 1900


class CodeBook(Protocol):
    """What the check asks of a country pack; `shared.countries.Pack` answers it."""

    def has(self, list_name: str, code: str) -> bool:
        """Whether the list knows the code."""

    def has_area(self, code: str, on: date | None = None) -> bool:
        """Whether the area exists, on the day if one is given."""

    def codes(self, list_name: str) -> Mapping[str, Mapping[str, str]]:
        """The rows of a list by code."""


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One child and one care episode of it, as typed values; an empty cell is None. The stay is [from_day, to_day).

    Where `care_form` is empty, the line registers the child and no stay; `from_day` is then the earliest day of birth.
    """

    line: int
    child_key: str
    family_name: str | None
    given_name: str | None
    patronymic: str | None
    script: str | None
    sex: str
    born_from: date
    born_to: date
    birth_precision: str
    area: str
    care_form: str
    provider_key: str | None
    provider_name: str | None
    from_day: date
    entry_reason: str | None
    to_day: date | None
    exit_destination: str | None
    centre_key: str | None
    worker_key: str | None
    carer_relation: str | None
    details: Details = register_details.NONE

    @property
    def has_stay(self) -> bool:
        """Whether the line says where the child is or was."""
        return bool(self.care_form)


def check_line(line: int, cells: Mapping[str, str], codes: CodeBook, today: date) -> RegisterLine | list[LineError]:
    """The typed line, or everything that is wrong with it; `cells` by column name, without surrounding blanks."""
    found = Findings(line, cells)
    check_text(found, LONG_COLUMNS)
    if found.errors:  # what is not even text would break further rules by accident
        return found.errors
    _check_child(found, codes)
    details = register_details.check(found, codes)
    birth = _birth(found, today)
    stay: tuple[date, date | None] | None
    if any(cells[column] for column in STAY_COLUMNS):
        stay = _stay(found, codes, today, birth)
        _check_place(found, codes, stay)
    else:
        stay = (birth[0], None) if birth else None
        if not codes.has_area(cells["area"]):
            found.refuse("area", "area-known")
    if found.errors or birth is None or stay is None:
        return found.errors
    text = {column: cells[column] or None for column in COLUMNS}
    return RegisterLine(
        line, cells["child_key"], text["family_name"], text["given_name"], text["patronymic"], text["script"],
        cells["sex"], *birth, cells["birth_precision"], cells["area"], cells["care_form"], text["provider_key"],
        text["provider_name"], stay[0], text["entry_reason"], stay[1], text["exit_destination"], text["centre_key"],
        text["worker_key"], text["carer_relation"], details,
    )  # fmt: skip


def _check_child(found: Findings, codes: CodeBook) -> None:
    """Key, script and sex. A child found without any name may be registered without one (CARE C8)."""
    cells = found.cells
    if not cells["child_key"]:
        found.refuse("child_key", "child-key-required")
    if cells["script"]:
        _check_code(found, codes, "script", "script-known")
    elif any(cells[column] for column in NAME_COLUMNS):
        found.refuse("script", "script-required")
    check_name(found, NAME_COLUMNS, cells["script"])
    if not codes.has("sex", cells["sex"]):
        found.refuse("sex", "sex-known")


def _birth(found: Findings, today: date) -> tuple[date, date] | None:
    precision = found.cells["birth_precision"]
    if precision not in FORMS:
        found.refuse("birth_precision", "birth-precision-known")
        return None
    birth = span(found.cells["birth_date"], precision)
    if birth is None:
        found.refuse("birth_date", "birth-date-form")
    elif birth[0] > today:
        found.refuse("birth_date", "birth-in-future")
    elif birth[0].year < EARLIEST_BIRTH:
        found.refuse("birth_date", "birth-before-1900")
    return birth


def _stay(
    found: Findings, codes: CodeBook, today: date, birth: tuple[date, date] | None
) -> tuple[date, date | None] | None:
    """First day and day of leaving; refused only where they are impossible, with an uncertain birth at its earliest."""
    cells = found.cells
    _check_code(found, codes, "entry_reason", "entry-reason-known")
    _check_code(found, codes, "exit_destination", "exit-destination-known")
    begins = span(cells["from"], "day")
    ends = span(cells["to"], "day")
    if begins is None:
        found.refuse("from", "from-date-form")
    elif begins[0] > today:
        found.refuse("from", "from-in-future")
    elif birth is not None and begins[0] < birth[0]:
        found.refuse("from", "from-before-birth")
    if cells["to"] and ends is None:
        found.refuse("to", "to-date-form")
    elif ends is not None and ends[0] > today:
        found.refuse("to", "to-in-future")
    elif ends is not None and begins is not None and ends[0] < begins[0]:
        found.refuse("to", "ends-before-it-begins")
    if bool(cells["to"]) != bool(cells["exit_destination"]):
        found.refuse("to" if cells["exit_destination"] else "exit_destination", "exit-destination-with-to")
    return (begins[0], ends[0] if ends else None) if begins else None


def _check_place(found: Findings, codes: CodeBook, stay: tuple[date, date | None] | None) -> None:
    """Area, care form, provider, carer, centre and worker."""
    cells = found.cells
    if not codes.has_area(cells["area"], stay[0] if stay else None):
        found.refuse("area", "area-known")
    _check_code(found, codes, "carer_relation", "carer-relation-known")
    form = codes.codes("care_form").get(cells["care_form"])
    if form is None:
        found.refuse("care_form", "care-form-known")
    elif form["bucket"] == "RESIDENTIAL" and not cells["provider_key"]:
        found.refuse("provider_key", "provider-required")
    elif not cells["provider_key"] and not cells["carer_relation"]:
        found.refuse("provider_key", "place-or-carer-required")
    if cells["provider_name"] and not cells["provider_key"]:
        found.refuse("provider_name", "provider-name-needs-key")
    if bool(cells["centre_key"]) != bool(cells["worker_key"]):
        found.refuse("worker_key" if cells["centre_key"] else "centre_key", "centre-with-worker")


def _check_code(found: Findings, codes: CodeBook, column: str, rule: str) -> None:
    if found.cells[column] and not codes.has(column, found.cells[column]):
        found.refuse(column, rule)
