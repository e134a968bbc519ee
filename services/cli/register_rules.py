"""What one line of a register file must hold: its cells as typed values, or the rules they break with a remedy each.

Only impossibilities and unreadable values are refused here. Whether a placement was lawful is never asked: an import
records facts (care rules open breaches in placements). Reading bytes and comparing lines is not here (register_file).
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from services.cli.register_errors import LineError

COLUMNS = (
    "child_key", "family_name", "given_name", "patronymic", "script", "sex", "birth_date", "birth_precision", "area",
    "care_form", "provider_key", "provider_name", "from", "entry_reason", "to", "exit_destination", "centre_key",
    "worker_key", "carer_relation",
)  # fmt: skip
NAME_COLUMNS = ("family_name", "given_name", "patronymic")
LONGEST_TEXT = 200
LONGEST_KEY = 100
EARLIEST_BIRTH = 1900

# Control characters, line separators, bidirectional overrides and the mark of lost text. The zero-width joiners stay
# allowed: Arabic script needs them in names.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
DATE_FORMS = {
    "day": re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    "month": re.compile(r"([0-9]{4})-([0-9]{2})"),
    "year": re.compile(r"([0-9]{4})"),
}

REMEDIES: Mapping[str, str] = {
    "line-length": "Shorten the line; a line holds one care episode and has at most 65,536 bytes.",
    "not-utf-8": "Save the file as UTF-8; this line holds bytes of another encoding.",
    "csv-form": "Close the quotation mark on the same line and double a quotation mark inside a quoted cell.",
    "number-of-cells": "Give the line one cell for each column of the header; quote a cell that holds a comma.",
    "unprintable-character": "Remove control characters, line breaks, direction marks and lost letters from the cell.",
    "cell-length": "Shorten the cell: at most 200 characters, keys and codes at most 100.",
    "child-key-required": "Give the key under which the register knows the child.",
    "script-required": "Name the script of the names; it may be empty only for a child without any name.",
    "script-known": "Use a code of the pack's list `script`.",
    "sex-known": "Use a code of the pack's list `sex`: F, M, or U where it is not known.",
    "birth-precision-known": "Use day, month or year.",
    "birth-date-form": "Write the birth date as YYYY-MM-DD for precision day, YYYY-MM for month, YYYY for year.",
    "birth-in-future": "Check the birth date: it is later than today.",
    "birth-before-1900": "Check the birth date: it is before the year 1900.",
    "area-known": "Use the code of an area of the pack that existed on the day in `from`.",
    "care-form-known": "Use a code of the pack's list `care_form`.",
    "place-or-carer-required": "Give `provider_key`, or `carer_relation` where the carer is not in the register.",
    "provider-required": "Give the key of the institution: residential care has a provider.",
    "provider-name-needs-key": "Give `provider_key` too: a provider is told apart by its key, not its name.",
    "from-date-form": "Give the first day of the stay as YYYY-MM-DD.",
    "from-in-future": "Check the day: a register holds stays that have begun, this one begins later than today.",
    "from-before-birth": "Check both dates: the stay begins before the child was born.",
    "entry-reason-known": "Use a code of the pack's list `entry_reason`, or leave the cell empty.",
    "to-date-form": "Give the day of leaving as YYYY-MM-DD, or leave the cell empty while the stay goes on.",
    "to-in-future": "Leave `to` and `exit_destination` empty until the child has left.",
    "ends-before-it-begins": "Check both dates: `to` is earlier than `from`.",
    "exit-destination-with-to": "Give `to` and `exit_destination` together, or neither while the stay goes on.",
    "exit-destination-known": "Use a code of the pack's list `exit_destination`.",
    "centre-with-worker": "Give `centre_key` and `worker_key` together, or leave both empty.",
    "carer-relation-known": "Use a code of the pack's list `carer_relation`, or leave the cell empty.",
    "same-child-same-identity": "Write names, sex and birth as in the child's first line, or use another key.",
    "duplicate-line": "Remove the line: child, care form, provider and first day are those of an earlier line.",
}


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
    """One care episode of one child, as typed values; an empty cell is None. The stay is [from_day, to_day)."""

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


@dataclass(slots=True)
class Findings:
    """The cells of one line under check and the errors found in it so far."""

    line: int
    cells: Mapping[str, str]
    errors: list[LineError] = field(default_factory=list)

    def refuse(self, column: str, rule: str) -> None:
        """Note that the cell breaks the rule."""
        self.errors.append(LineError(self.line, column, self.cells.get(column, ""), rule, REMEDIES[rule]))


def check_line(line: int, cells: Mapping[str, str], codes: CodeBook, today: date) -> RegisterLine | list[LineError]:
    """The typed line, or everything that is wrong with it; `cells` by column name, without surrounding blanks."""
    found = Findings(line, cells)
    _check_text(found)
    if found.errors:  # what is not even text would break further rules by accident
        return found.errors
    _check_child(found, codes)
    birth = _birth(found, today)
    stay = _stay(found, codes, today, birth)
    _check_place(found, codes, stay)
    if found.errors or birth is None or stay is None:
        return found.errors
    text = {column: cells[column] or None for column in COLUMNS}
    return RegisterLine(
        line, cells["child_key"], text["family_name"], text["given_name"], text["patronymic"], text["script"],
        cells["sex"], *birth, cells["birth_precision"], cells["area"], cells["care_form"], text["provider_key"],
        text["provider_name"], stay[0], text["entry_reason"], stay[1], text["exit_destination"], text["centre_key"],
        text["worker_key"], text["carer_relation"],
    )  # fmt: skip


def birth_range(value: str, precision: str) -> tuple[date, date] | None:
    """First and last possible day of birth, or None where the value has not the form of its precision."""
    form = DATE_FORMS[precision].fullmatch(value)
    if form is None:
        return None
    year, month, day = (*map(int, form.groups()), 0, 0)[:3]
    try:
        earliest = date(year, month or 1, day or 1)
    except ValueError:  # the form of a date, but no day of the calendar
        return None
    last_month = month or 12
    return earliest, date(year, last_month, day or calendar.monthrange(year, last_month)[1])


def _check_text(found: Findings) -> None:
    for column, value in found.cells.items():
        if UNPRINTABLE.search(value):
            found.refuse(column, "unprintable-character")
        if len(value) > (LONGEST_TEXT if column in NAME_COLUMNS or column == "provider_name" else LONGEST_KEY):
            found.refuse(column, "cell-length")


def _check_child(found: Findings, codes: CodeBook) -> None:
    """Key, script and sex. A child found without any name may be registered without one (CARE C8)."""
    cells = found.cells
    if not cells["child_key"]:
        found.refuse("child_key", "child-key-required")
    if cells["script"]:
        _check_code(found, codes, "script", "script-known")
    elif any(cells[column] for column in NAME_COLUMNS):
        found.refuse("script", "script-required")
    if not codes.has("sex", cells["sex"]):
        found.refuse("sex", "sex-known")


def _birth(found: Findings, today: date) -> tuple[date, date] | None:
    precision = found.cells["birth_precision"]
    if precision not in DATE_FORMS:
        found.refuse("birth_precision", "birth-precision-known")
        return None
    birth = birth_range(found.cells["birth_date"], precision)
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
    begins = birth_range(cells["from"], "day")
    ends = birth_range(cells["to"], "day")
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
