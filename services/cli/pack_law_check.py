"""What `kinward pack check` knows beyond the form of a pack: whether the rules can use what it says.

A number in another unit, of another kind or under a mistyped name would pass its schema, and then be misread, stop the
service, or never be asked for. Not here: the form of packs (shared/countries/checks), whether a number is right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from services.cli import pack_missing
from services.placements import domain
from services.placements.domain.lawbook import Law
from shared.countries import Finding
from shared.countries.files import RawPack
from shared.errors import ConfigurationError

BARE = frozenset(each.name for each in fields(Law))
"""Numbers that rules read without their unit."""
ALIKE = 0.88
PRECEDENCE = "precedence"


def findings(pack: str, root: Path) -> list[Finding]:
    """What the rules of care cannot use of a pack and its ancestors; nothing where they cannot be read at all."""
    try:
        packs = pack_missing.chain(pack, root)
        chains = [packs[: length + 1] for length in range(len(packs))]
        return [each for chain in chains for part in (_parameters, _rules) for each in part(chain)]
    except (ConfigurationError, AttributeError, KeyError, TypeError):  # its form is at fault and told as such
        return []


def _parameters(packs: Sequence[RawPack]) -> Iterator[Finding]:
    """The nearest pack's numbers against those of the same name that it inherits."""
    own, inherited = packs[-1], pack_missing.parameters(packs[:-1])
    file = f"{own.id}/parameters.toml"
    for name, entries in own.parameters.items() if inherited else ():
        if name not in inherited:
            alike = get_close_matches(name, inherited, n=1, cutoff=ALIKE)
            if alike and not name.startswith(alike[0]):  # a longer name is one of its own
                message = f"nothing asks for {name}; is {alike[0]} meant?"
                yield Finding(file, name, "known-parameter", message, "Correct the name, or give it one of its own.")
            continue
        known = [entry for _, entry in inherited[name]]
        for number, entry in enumerate(entries):
            yield from _as_inherited(f"{name}[{number}]", name, entry, known, file)


def _as_inherited(
    key: str, name: str, entry: Mapping[str, Any], known: Sequence[Mapping[str, Any]], file: str
) -> Iterator[Finding]:
    if name in BARE and entry["unit"] != known[-1]["unit"]:
        message = f"rules read {name} in {known[-1]['unit']}, not in {entry['unit']}"
        yield Finding(file, key, "unit", message, f"Give it in {known[-1]['unit']}.")
    value = next((each["value"] for each in known if "value" in each), None)
    wanted = int if value is None and name in BARE else type(value)
    if "value" in entry and wanted is not type(None) and type(entry["value"]) is not wanted:
        kind = {int: "a whole number", str: "text", bool: "true or false", list: "a list"}.get(wanted, wanted.__name__)
        yield Finding(file, key, "value-kind", f"{name} is {entry['value']!r}", f"Write {kind}.")


def _rules(packs: Sequence[RawPack]) -> Iterator[Finding]:
    own = packs[-1]
    for number, line in enumerate(own.tables.get(PRECEDENCE, {}).get("line", ())):
        for rule in line["rules"]:
            if rule not in domain.RULES:
                file, key = f"{own.id}/tables/{PRECEDENCE}.toml", f"{line['id']}[{number}]"
                yield Finding(file, key, "known-rule", f"there is no rule {rule}", "Use an id of docs/rules.md.")
