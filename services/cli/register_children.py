"""What a register says of a child beside what registry has on it: the same, something more, or something else.

Pure functions over registry's domain, for the import and for its check. Not here: finding the child by its key, and
the commands (import_steps).
"""

from collections.abc import Iterator
from dataclasses import replace

from services.cli.register_rules import RegisterLine
from services.registry import domain as registry
from services.registry.domain.children_identity import as_written

CORE = "child_key"
"""The column that is named where names, sex or birth differ: they are compared together."""


def identity_of(line: RegisterLine, area: str) -> registry.Identity:
    """The identity that a line states, with the area of the responsible authority."""
    details = line.details
    parts = (line.family_name, line.given_name, line.patronymic)
    kind = details.name_kind or registry.AT_BIRTH
    family, given, patronymic = (part or "" for part in parts)
    names = [registry.Name(line.script or "", kind, family, given, patronymic, details.father_name)]
    if details.second_name:
        script, *others = details.second_name
        names.append(registry.Name(script, kind, *others))
    basis = registry.DOCUMENTED if line.birth_precision == registry.TO_THE_DAY else registry.ESTIMATED
    birth = registry.Birth(
        line.born_from, line.born_to, line.birth_precision, details.birth_basis or basis, details.birth_area or None
    )
    return as_written(
        registry.Identity(
            names=tuple(name for name in names if any(name.parts)),
            sex=line.sex,
            birth=birth,
            area=area,
            disability=details.disability,
            civil_registration=registry.CivilRegistration(*details.civil_registration)
            if details.civil_registration
            else None,
            nationality=registry.Nationality(*details.nationality) if details.nationality else None,
            languages=details.languages,
            parents=registry.Parents(*details.parents) if details.parents else registry.Parents(),
            found=registry.Found(*details.found) if details.found else None,
        )
    )


def differing(child: registry.Child, line: RegisterLine) -> str | None:
    """The column in which a line differs from all that was ever recorded of the child; None where it does not.

    What people have amended or corrected since keeps no line out: what the record said before counts as well.
    """
    said = identity_of(line, line.area)
    now = _differing(child.identity, line, said)
    if now is None or any(_differing(earlier.before, line, said) is None for earlier in child.revisions):
        return None
    return now


def completed(child: registry.Child, line: RegisterLine) -> registry.Identity | None:
    """The recorded identity with what only the line knows; None where that is nothing, or the line is out of date."""
    recorded, said = child.identity, identity_of(line, line.area)
    if _differing(recorded, line, said) is not None:
        return None
    has = {(name.script, name.kind) for name in recorded.names}
    whole = replace(
        recorded,
        names=(*recorded.names, *(name for name in said.names if (name.script, name.kind) not in has)),
        birth=replace(recorded.birth, area=recorded.birth.area or said.birth.area),
        disability=said.disability if recorded.disability is None else recorded.disability,
        civil_registration=recorded.civil_registration or said.civil_registration,
        nationality=recorded.nationality or said.nationality,
        languages=recorded.languages or said.languages,
        parents=registry.Parents(
            recorded.parents.mother or said.parents.mother, recorded.parents.father or said.parents.father
        ),
        found=recorded.found or said.found,
    )
    return None if whole == recorded else whole


def further_identifiers(child: registry.Child, line: RegisterLine) -> tuple[registry.Identifier, ...] | None:
    """The child's identifiers with that of the line; None where it has it, or the line has none."""
    if line.details.identifier is None:
        return None
    given = registry.Identifier(*line.details.identifier)
    return None if given in child.identifiers else (*child.identifiers, given)


def came_to_another_area(child: registry.Child, line: RegisterLine) -> bool:
    """Whether a stay that goes on began in another area, later than what registry knows of changes."""
    moved = line.has_stay and line.to_day is None and line.area != child.identity.area
    return moved and (child.amended_on is None or line.from_day > child.amended_on)


def _differing(recorded: registry.Identity, line: RegisterLine, said: registry.Identity) -> str | None:
    return next(_differences(recorded, line, said), None)


def _differences(recorded: registry.Identity, line: RegisterLine, said: registry.Identity) -> Iterator[str]:
    """What the record says otherwise; what it does not say is no difference. The area changes as children move."""
    birth, other = recorded.birth, said.birth
    born = (birth.born_from, birth.born_to) == (other.born_from, other.born_to)
    if not (born and recorded.sex == said.sex and set(said.names[:1]) <= set(recorded.names)):
        yield CORE
    for name in said.names[1:]:
        beside = {each for each in recorded.names if (each.script, each.kind) == (name.script, name.kind)}
        if beside and name not in beside:
            yield "family_name_2"
    details = line.details
    for column, stated, kept in (
        ("birth_basis", details.birth_basis and other.basis, birth.basis),
        ("birth_area", other.area, birth.area),
        ("disability", said.disability, recorded.disability),
        ("civil_registration", said.civil_registration, recorded.civil_registration),
        ("nationality", said.nationality, recorded.nationality),
        ("languages", said.languages, recorded.languages),
        ("parental_status_mother", said.parents.mother, recorded.parents.mother),
        ("parental_status_father", said.parents.father, recorded.parents.father),
        ("found_on", said.found, recorded.found),
    ):
        if stated not in (None, "", ()) and kept not in (None, "", ()) and stated != kept:
            yield column
