"""What `kinward pack` prints of a pack: the law in force, and what is missing. Not here: finding it out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.cli.pack_missing import Missing

NOT_LAW = {"project default": "project default, not law", "to be confirmed": "to be confirmed"}


def law_in_force(found: Mapping[str, Any]) -> Iterator[str]:
    """The numbers, then who decides; each with its basis or source, and a mark at what is to be confirmed."""
    yield f"Law in force on {found['on']}{' in ' + found['area'] if found['area'] else ''}"
    for head, wanted in (("Numbers that rules of care use", True), ("Other numbers", False)):
        yield f"\n{head}"
        for each in found["numbers"]:
            if bool(each["rules"]) is wanted:
                shown = "not known" if each["value"] is None else f"{each['value']} {each['unit']}"
                yield f"  {_mark(each)} {each['name']}: {shown}  [{_basis(each)}]"
    yield "\nWho decides"
    for each in found["decisions"]:
        where = f" ({' '.join(each['situations'])})" if each["situations"] else ""
        at_once = f"; at once: {' '.join(each['at_once'])}" if each["at_once"] else "; nobody at once"
        yield f"  {_mark(each)} {each['act']}{where}: {' '.join(each['decides'])}{at_once}  [{_basis(each)}]"
        if each["unknown"]:
            yield f"      not known: {', '.join(each['unknown'])}"
    number = len(found["to_be_confirmed"])
    yield f"\n{number or 'Nothing'} to be confirmed{' (marked ?)' if number else ''}."


def missing(found: Sequence[Missing]) -> Iterator[str]:
    """What to settle, group by group, the most important first."""
    if not found:
        yield "Nothing is missing."
        return
    for group in dict.fromkeys(each.group for each in found):
        yield f"\n{group}"
        for each in found:
            if each.group == group:
                yield f"  {each.what}"
                yield f"      meanwhile: {each.meanwhile}  ({each.where})"
    yield f"\n{len(found)} to settle."


def _mark(each: Mapping[str, Any]) -> str:
    return "?" if each["to_be_confirmed"] else " "


def _basis(each: Mapping[str, Any]) -> str:
    return each.get("source") or NOT_LAW.get(each["basis"], str(each["basis"]))
