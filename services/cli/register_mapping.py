"""A mapping: how another register's rows become the cells of ours. Names, codes, dates, scripts; nothing is guessed.

Not here: reading and checking the mapping's own file (register_mapping_file), what a line must hold (register_rules).
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from typing import NamedTuple

from services.cli import register_dates, register_rules, register_text
from services.cli.register_dates import DateForm
from services.cli.register_details import SECOND_NAME
from services.cli.register_errors import HeaderRefused, LineError
from services.cli.register_remedies import REMEDIES
from services.cli.register_rules import NAME_COLUMNS
from services.cli.register_tables import DayCell, SpoiltCell, TableForm

DATE_COLUMNS = frozenset({"birth_date", "from", "to", "found_on"})
NAMES_OF = {"script": NAME_COLUMNS, "script_2": SECOND_NAME}
BLANKS = re.compile("[ \u00a0\u2007\u202f]+")
WHOLE = re.compile(r"([0-9]+(?: [0-9]{3})*)(?:[.,]0+)?")
EXPONENT = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Column:
    """Where one column of ours comes from: a column of theirs (`source`), a fixed `value`, or the names' `letters`."""

    name: str
    source: str | None = None
    value: str = ""
    letters: bool = False
    codes: Table[str, str] | None = None
    dates: tuple[DateForm, ...] = ()
    empty: frozenset[str] = frozenset()
    whole_number: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """One column of theirs that holds several parts of a name, in the order of `into`."""

    source: str
    into: tuple[str, ...]
    together: frozenset[str] = frozenset()  # words that belong to the word before, such as оглы
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping as read from its file; `sha256` is of the file's bytes."""

    name: str
    sha256: str
    form: TableForm
    columns: tuple[Column, ...]
    splits: tuple[Split, ...] = ()

    def sources(self) -> dict[str, str]:
        """Their column for each of ours that comes from one."""
        named = {column.name: column.source for column in self.columns if column.source is not None}
        return named | {part: split.source for split in self.splits for part in split.into}

    def on(self, header: list[str]) -> "Translator":
        """The mapping over a file with this header. Raises HeaderRefused where a column that it names is not there."""
        wanted = dict.fromkeys(self.sources().values())
        names = [folded(name) for name in header]
        missing = [source for source in wanted if folded(source) not in names]
        twice = [source for source in wanted if names.count(folded(source)) > 1]
        if missing or twice:
            remedy = f"The header must hold each column that the mapping {self.name} names once; is it in another row?"
            raise HeaderRefused(remedy, missing=missing, duplicate=twice)
        return Translator(self, {source: names.index(folded(source)) for source in wanted})


class Cell(NamedTuple):
    """What a cell of theirs says in ours, or the rule it breaks."""

    text: str
    rule: str = ""
    precision: str = ""


class Translator:
    """Rows of one file to cells of ours."""

    def __init__(self, mapping: Mapping, places: Table[str, int]) -> None:
        self._sources = mapping.sources()
        self._places = places
        self._fixed = dict.fromkeys(register_rules.COLUMNS, "")
        self._fixed |= {column.name: column.value for column in mapping.columns if column.source is None}
        self._read: list[tuple[str, int, Callable[[str], Cell]]] = [
            (column.name, places[column.source], _reader(column))
            for column in mapping.columns
            if column.source is not None
        ]
        self._splits = [(split, places[split.source]) for split in mapping.splits]
        self._letters = [column.name for column in mapping.columns if column.letters]
        named = {column.name for column in mapping.columns}
        self._precision = "birth_precision" not in named

    def cells(self, number: int, row: list[str]) -> dict[str, str] | list[LineError]:
        """The cells of a row by our columns, or everything in it that the mapping cannot bring over."""
        made = dict(self._fixed)
        errors: list[LineError] = []
        for name, place, read in self._read:
            cell = read(row[place])
            made[name] = cell.text
            if cell.rule:
                errors.append(LineError(number, name, "", cell.rule, REMEDIES[cell.rule]))
            elif cell.precision and name == "birth_date" and self._precision:
                made["birth_precision"] = cell.precision
        for split, place in self._splits:
            rule = _part_names(split, row[place], made)
            if rule:
                errors.append(LineError(number, split.into[0], "", rule, REMEDIES[rule]))
        for name in self._letters:
            script = register_text.script_of(made, NAMES_OF[name])
            if script is None:
                errors.append(LineError(number, name, "", "script-undetected", REMEDIES["script-undetected"]))
            made[name] = script or ""
        return self.named(errors, row) if errors else made

    def named(self, errors: list[LineError], row: list[str]) -> list[LineError]:
        """The errors with the columns and values that the people who keep this register see."""
        return [self._named(error, row) for error in errors]

    def _named(self, error: LineError, row: list[str]) -> LineError:
        source = self._sources.get(error.column)
        if source is None:
            return error
        return replace(error, column=f"{error.column} ({source})", value=str(row[self._places[source]]))


def _reader(column: Column) -> Callable[[str], Cell]:
    """How the cells of one column are read: the steps that it needs, put together once."""
    codes = {folded(value): code for value, code in column.codes.items()} if column.codes is not None else None
    dated = column.name in DATE_COLUMNS

    def read(raw: str) -> Cell:
        if isinstance(raw, SpoiltCell):
            return Cell("", raw.rule)
        if dated and isinstance(raw, DayCell):
            return Cell(str(raw), precision="day")
        text = BLANKS.sub(" ", raw).strip()
        if codes is not None and folded(text) in codes:  # before what is empty: нет may mean no
            return Cell(codes[folded(text)])
        if column.empty and folded(text) in column.empty:
            text = ""
        if codes is not None:
            return Cell("", "mapping-value-known" if text else "")
        return plain(text) if text else Cell("")

    def plain(text: str) -> Cell:
        if dated:
            found = register_dates.read(text, column.dates)
            return Cell("", found) if isinstance(found, str) else Cell(found[0], precision=found[1])
        return _whole(text) if column.whole_number else Cell(text)

    return read


def _whole(text: str) -> Cell:
    """Digits that a spreadsheet made a number of: 12 345,0 is 12345; 9,9E+11 has lost what it was."""
    if EXPONENT.fullmatch(text):
        return Cell("", "number-lost-digits")
    found = WHOLE.fullmatch(text)
    return Cell(found.group(1).replace(" ", "")) if found else Cell("", "whole-number")


def _part_names(split: Split, raw: str, made: dict[str, str]) -> str:
    """Put the words of a full name into its parts; the rule that it breaks, or nothing.

    Fewer words than parts leave the last parts empty. More are an error: which of them is double nobody can tell.
    """
    if isinstance(raw, SpoiltCell):
        return raw.rule
    text = BLANKS.sub(" ", raw).strip()
    if not text or folded(text) in split.empty:
        return ""
    words: list[str] = []
    for word in text.split(" "):
        if words and folded(word) in split.together:
            words[-1] = f"{words[-1]} {word}"
        else:
            words.append(word)
    if len(words) > len(split.into):
        return "name-parts"
    made.update(zip(split.into, words, strict=False))
    return ""


def folded(text: str) -> str:
    """How values and headers are compared: without case and without doubled blanks."""
    return BLANKS.sub(" ", text).strip().casefold()
