"""What of a child is kept sealed, as JSON values, and back. What is not recorded takes no room.

Not here: the tables and what stays readable in them (children), sealing itself (shared/protection).
"""

from datetime import date
from typing import Any

from services.registry import domain

Kept = dict[str, Any]


def write_identity(identity: domain.Identity) -> Kept:
    """The identity as it is kept."""
    birth = identity.birth
    kept: Kept = {
        "names": [_trimmed(n.script, n.kind, *n.parts) for n in identity.names],
        "sex": identity.sex,
        "born_from": _text(birth.born_from),
        "born_to": _text(birth.born_to),
        "precision": birth.precision,
        "basis": birth.basis,
        "area": identity.area,
        "disability": identity.disability,
    }
    return kept | {name: value for name, value in _rarer(identity).items() if value is not None}


def _rarer(identity: domain.Identity) -> Kept:
    assessed, registered, found = identity.functioning, identity.civil_registration, identity.found
    nationality, parents = identity.nationality, identity.parents
    return {
        "birth_area": identity.birth.area,
        "functioning": assessed and [_text(assessed.on), str(assessed.band), [list(each) for each in assessed.answers]],
        "civil_registration": registered and [registered.status, registered.number],
        "nationality": nationality and [nationality.status, list(nationality.states)],
        "languages": list(identity.languages) or None,
        "parents": [parents.mother, parents.father] if parents != domain.Parents() else None,
        "found": found
        and [_text(found.found_from), _text(found.found_to), found.area, found.by, found.place, found.having],
    }


def read_identity(kept: Kept) -> domain.Identity:
    """The identity that `write_identity` kept."""
    return domain.Identity(
        names=tuple(domain.Name(*parts) for parts in kept["names"]),
        sex=kept["sex"],
        birth=domain.Birth(
            _day(kept["born_from"]), _day(kept["born_to"]), kept["precision"], kept["basis"], kept.get("birth_area")
        ),
        area=kept["area"],
        disability=kept["disability"],
        functioning=_functioning(kept.get("functioning")),
        civil_registration=domain.CivilRegistration(*kept["civil_registration"])
        if "civil_registration" in kept
        else None,
        nationality=_nationality(kept.get("nationality")),
        languages=tuple(kept.get("languages", ())),
        parents=domain.Parents(*kept.get("parents", ())),
        found=_found(kept.get("found")),
    )


def write_identifiers(identifiers: tuple[domain.Identifier, ...]) -> list[list[str]]:
    """Identifiers as they are kept."""
    return [[each.kind, each.issuer, each.value] for each in identifiers]


def read_identifiers(kept: list[list[str]]) -> tuple[domain.Identifier, ...]:
    """The identifiers that `write_identifiers` kept."""
    return tuple(domain.Identifier(*parts) for parts in kept)


def write_death(death: domain.Death | None) -> list[Any] | None:
    """A death as it is kept."""
    if death is None:
        return None
    return [_text(death.died_from), _text(death.died_to), death.basis, death.cause, death.area]


def read_death(kept: list[Any] | None) -> domain.Death | None:
    """The death that `write_death` kept."""
    return domain.Death(date.fromisoformat(kept[0]), date.fromisoformat(kept[1]), *kept[2:]) if kept else None


def _functioning(kept: list[Any] | None) -> domain.Functioning | None:
    if kept is None:
        return None
    day, band, answers = kept
    return domain.Functioning(date.fromisoformat(day), domain.Band(band), tuple((one, two) for one, two in answers))


def _nationality(kept: list[Any] | None) -> domain.Nationality | None:
    return domain.Nationality(kept[0], tuple(kept[1])) if kept else None


def _found(kept: list[Any] | None) -> domain.Found | None:
    return domain.Found(date.fromisoformat(kept[0]), date.fromisoformat(kept[1]), *kept[2:]) if kept else None


def _trimmed(*parts: str) -> list[str]:
    """The parts without the empty ones at the end."""
    kept = list(parts)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
