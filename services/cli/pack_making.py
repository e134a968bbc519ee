"""`kinward pack new`: a country pack to begin with, in which nothing of the country's law is known yet.

Every number that a rule of care asks for, and every line of the decision table, stands in it "to be confirmed"; what is
inherited holds meanwhile. Not here: what the files hold (docs/packs.md), how it is filled (docs/own-pack.md).
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.cli import pack_missing as todo
from shared.errors import Conflict, Invalid

CARE_FORM = (
    "code,label,bucket,national,provider_kind,preference,review,emergency,approval,permitted,basis,source,note\n"
)
AREAS = "code,name,kind,parent,from,to,successors,basis,source,note\n"
TERMS = "key,language,text,basis,source\n"
DENOMINATORS = "code,area,sex,age,reference_day,value,unit_multiplier,obs_status,territory,basis,source,note\n"
NOT_TAKEN_OVER = ("basis", "source", "note", "from", "to", "areas", "defaults")
KIND = {True: "country", False: "province"}


@dataclass(frozen=True, kw_only=True)
class NewPack:
    """What a new pack is called and inherits. `languages` are ISO 639 codes, `scripts` ISO 15924."""

    id: str
    name: str
    iso3: str
    zone: str
    languages: Sequence[str]
    scripts: Sequence[str]
    inherits: str = todo.BASE


def write(made: NewPack, root: Path, shipped: Path) -> Path:
    """Write the folder of a new pack. Packs it inherits that `root` lacks are copied from `shipped`.

    Raises Invalid for an id of no form, Conflict where the folder is there already.
    """
    if not re.fullmatch("[a-z][a-z0-9-]*", made.id):
        raise Invalid("An id is small letters, digits and hyphens.", field="pack", remedy="Write it as kz or pk-pb.")
    folder = root / made.id
    if folder.exists():
        raise Conflict(f"There is a folder {folder} already.", field="pack", remedy="Choose another id, or edit it.")
    for raw in todo.chain(made.inherits, shipped if not (root / made.inherits).exists() else root):
        if not (root / raw.id).exists():
            shutil.copytree(shipped / raw.id, root / raw.id)
    inherited = todo.chain(made.inherits, root)
    for name, text in _files(made, inherited):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _files(made: NewPack, inherited: Sequence[Any]) -> Iterator[tuple[str, str]]:
    yield "pack.toml", _identity(made, inherited)
    yield "areas.csv", AREAS
    yield "codes/care_form.csv", CARE_FORM
    yield "terms.csv", TERMS
    yield "denominators.csv", DENOMINATORS
    yield "statistics.toml", f"# {made.name}: what differs from the yearly return that is inherited (docs/packs.md).\n"
    yield "parameters.toml", _parameters(made, inherited)
    yield "tables/decision_table.toml", _decisions(made, inherited)
    yield (
        "tables/holidays.toml",
        f"# {made.name}: days on which offices are closed. Columns: docs/packs.md.\nline = []\n",
    )


def _identity(made: NewPack, inherited: Sequence[Any]) -> str:
    def texts(values: Iterable[str]) -> str:
        return "[" + ", ".join(f'"{value}"' for value in values) + "]"

    return (
        f"# {made.name}. What is not said here is inherited from {made.inherits}.\n"
        f'id = "{made.id}"\nkind = "{KIND[made.inherits == todo.BASE]}"\ninherits = "{made.inherits}"\n'
        f'name = "{made.name}"\niso3 = "{made.iso3}"\nzone = "{made.zone}"\n'
        f"languages = {texts(made.languages)}\nscripts = {texts(made.scripts)}\n"
        f"services = {texts(inherited[0].identity['services'])}\n"
    )


def _parameters(made: NewPack, inherited: Sequence[Any]) -> str:
    """Every number that rules of care ask for and that is no international standard, without a value."""
    known = todo.parameters(inherited)
    parts = [
        f"# {made.name}: numbers of its law. An entry without a value says that it is not known; what is inherited\n"
        '# holds meanwhile. Known: give `value`, set basis = "source", name the law in `source`, its day in `from`.\n'
    ]
    for name in todo.wanted(inherited):
        entry = known[name][0][1]
        parts.append(f"\n# inherited: {todo.value(next((e for _, e in known[name] if 'value' in e), None))}\n")
        parts.append(f'[[{name}]]\nunit = "{entry["unit"]}"\nbasis = "{todo.TO_BE_CONFIRMED}"\n')
    return "".join(parts)


def _decisions(made: NewPack, inherited: Sequence[Any]) -> str:
    """The inherited decision table, each line to be confirmed."""
    head = (
        f"# {made.name}: who decides, within what time. Taken over as it is inherited: correct each line, set its\n"
        '# basis to "source", name the law, and take out of `defaults` and `unknown` what the law says.\n'
        "# Columns and what they mean: _base/tables/decision_table.toml.\n"
    )
    lines = (line for _, line in todo.lines(inherited, todo.DECISIONS))
    return head + "".join(f"\n[[line]]\n{_line(line)}" for line in lines)


def _line(line: Mapping[str, Any]) -> str:
    kept = {key: cell for key, cell in line.items() if key not in NOT_TAKEN_OVER}
    ours = [key for key in kept if key not in ("id", "act", "situations", "unknown")]
    taken = kept | {"defaults": ours, "basis": todo.TO_BE_CONFIRMED}
    return "".join(f"{key} = {_toml(cell)}\n" for key, cell in taken.items())


def _toml(value: Any) -> str:
    """A value as TOML writes it: of the kinds that a decision table has."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(cell)}" for key, cell in value.items()) + " }"
    if isinstance(value, list):
        if value and isinstance(value[0], Mapping):
            return "[\n" + "".join(f"    {_toml(cell)},\n" for cell in value) + "]"
        return "[" + ", ".join(_toml(cell) for cell in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'
