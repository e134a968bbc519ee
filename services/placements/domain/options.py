"""Options for a child, each with why it fits or not: kin first, then families, small homes, last institutions.

Facts for a panel, which decides: nothing is left out for a fact that speaks against it, and language is a fact, never a
filter (CARE C6). Religion and culture are no points: of a child they are kept nowhere, and what a family says of itself
is read with the family (views.families). Not here: where room is looked for (views.vacancies), what rules say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.placements.domain.lawbook import CareForm
from services.placements.domain.situation import ProviderFacts


class Tier(StrEnum):
    """The order in which options are listed (A/RES/64/142: a family before any home, a small home before a large)."""

    KIN = "kin"
    FAMILY = "family"
    SMALL_HOME = "small home"
    INSTITUTION = "institution"


class Point(StrEnum):
    """What speaks for an option or against it."""

    ROOM = "room"
    TOGETHER = "siblings-together"
    AGE = "age"
    SEX = "sex"
    NEAR_HOME = "near-home"
    APPROVAL = "approval"
    CARE_FORM = "care-form"
    LANGUAGE = "language"
    ALIVE = "alive"
    CARES_ALREADY = "siblings-there"


class Kin(Protocol):
    """What registry told of a child's kin."""

    def stands(self, child: UUID, person: UUID, relation: str, facts: Mapping[str, Any]) -> None:
        """A person is this to a child."""

    def gone(self, child: UUID, person: UUID, relation: str) -> None:
        """The person is that no longer, or never was."""

    def changed(self, person: UUID, facts: Mapping[str, Any]) -> None:
        """Something else is known of a person."""

    def withheld(self, person: UUID) -> None:
        """The person wished not to be named."""


@dataclass(frozen=True)
class Finding:
    """One point: whether it speaks for the option (None: not known), and the fact behind it, a code or a number."""

    point: Point
    fits: bool | None
    fact: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """For whom room is looked for: the child, and with it `siblings` who are to stay together.

    `ages` and `sexes` are those of all of them; ages in completed years, an unknown one left out.
    """

    home: str | None
    children: int = 1
    ages: tuple[int, ...] = ()
    sexes: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    siblings_at: frozenset[UUID] = frozenset()
    on: date


@dataclass(frozen=True, kw_only=True)
class Option:
    """A person or a provider, and what speaks for and against it."""

    tier: Tier
    provider: UUID | None = None
    kind: str | None = None
    name: str | None = None
    person: UUID | None = None
    relation: str | None = None
    area: str | None = None
    levels: int | None = None
    free: int | None = None
    approved_to: date | None = None
    care_forms: tuple[str, ...] = ()
    findings: Sequence[Finding] = ()
    unmet: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By care form: the rules on the place that a stay there would not meet."""

    @property
    def fits(self) -> bool:
        """Whether nothing that is known speaks against it; language and near home weigh, but decide nothing."""
        return all(each.fits is not False for each in self.findings if each.point not in WEIGHED)


NO_PLACE = frozenset({"OWN_FAMILY", "AGENCY"})
"""Kinds of providers with whom no child is placed by a panel: at home, and who only places."""
WEIGHED = frozenset({Point.LANGUAGE, Point.NEAR_HOME, Point.CARES_ALREADY})


def of_person(person: UUID, relation: str, area: str | None, deceased: bool, levels: int | None) -> Option:
    """A relative, or someone close to the family."""
    findings = (Finding(Point.ALIVE, not deceased), _near(levels))
    return Option(
        tier=Tier.KIN, person=person, relation=relation, area=area, levels=levels,
        findings=tuple(each for each in findings if each is not None),
    )  # fmt: skip


def of_provider(
    facts: ProviderFacts, languages: Iterable[str], forms: Mapping[str, CareForm], wanted: Wanted, levels: int | None
) -> Option:
    """A family or a home. `forms`: the country's care forms by code."""
    free = None if facts.places is None else facts.places - facts.living - facts.expected
    findings = (
        Finding(Point.ROOM, None if free is None else free >= 1, "" if free is None else str(free)),
        _together(free, wanted),
        _ages(facts, wanted),
        _sexes(facts, wanted),
        _approved(facts, wanted.on),
        _forms(facts, forms),
        _near(levels),
        _languages(languages, wanted),
        Finding(Point.CARES_ALREADY, True) if facts.id in wanted.siblings_at else None,
    )
    return Option(
        tier=tier(facts.kind), provider=facts.id, kind=facts.kind, area=facts.area, levels=levels, free=free,
        approved_to=facts.approved_to, care_forms=tuple(sorted(facts.care_forms)),
        findings=tuple(each for each in findings if each is not None),
    )  # fmt: skip


def tier(kind: str) -> Tier:
    """Where a kind of provider stands in the order."""
    return _TIERS.get(kind, Tier.INSTITUTION)


def ordered(options: Iterable[Option]) -> list[Option]:
    """Kin, families, small homes, institutions; in each what fits before what does not, the nearest first."""
    places = list(Tier)
    far = len(places) + 99

    def key(option: Option) -> tuple[Any, ...]:
        against = sum(each.fits is False for each in option.findings)
        near = far if option.levels is None else option.levels
        return places.index(option.tier), not option.fits, near, against, str(option.provider or option.person)

    return sorted(options, key=key)


def _together(free: int | None, wanted: Wanted) -> Finding | None:
    if wanted.children < 2:
        return None
    return Finding(Point.TOGETHER, None if free is None else free >= wanted.children, str(wanted.children))


def _ages(facts: ProviderFacts, wanted: Wanted) -> Finding | None:
    if facts.ages is None or not wanted.ages:
        return Finding(Point.AGE, None)
    first, last = facts.ages
    return Finding(Point.AGE, all(first <= each <= last for each in wanted.ages), f"{first}-{last}")


def _sexes(facts: ProviderFacts, wanted: Wanted) -> Finding | None:
    if not facts.sexes:
        return None
    return Finding(Point.SEX, wanted.sexes <= facts.sexes if wanted.sexes else None, " ".join(sorted(facts.sexes)))


def _approved(facts: ProviderFacts, on: date) -> Finding:
    if facts.closed or facts.suspended:
        return Finding(Point.APPROVAL, False, "closed" if facts.closed else "suspended")
    begins, ends = facts.approved_from, facts.approved_to
    if begins is None and ends is None and not facts.approval_needed:
        return Finding(Point.APPROVAL, None)
    holds = begins is not None and begins <= on and (ends is None or on < ends)
    return Finding(Point.APPROVAL, holds, ends.isoformat() if ends else "")


def _forms(facts: ProviderFacts, forms: Mapping[str, CareForm]) -> Finding:
    given = [code for code in sorted(facts.care_forms) if code in forms and forms[code].formal]
    if not facts.care_forms:
        return Finding(Point.CARE_FORM, None)
    return Finding(Point.CARE_FORM, any(forms[code].permitted for code in given), " ".join(given))


def _near(levels: int | None) -> Finding | None:
    return None if levels is None else Finding(Point.NEAR_HOME, levels == 0, str(levels))


def _languages(spoken: Iterable[str], wanted: Wanted) -> Finding | None:
    known = sorted(set(spoken))
    if not wanted.languages or not known:
        return None
    return Finding(Point.LANGUAGE, bool(set(known) & set(wanted.languages)), " ".join(known))


_TIERS = {
    "CARER_FAMILY": Tier.FAMILY,
    "FAMILY_TYPE_HOME": Tier.SMALL_HOME,
    "SMALL_GROUP_HOME": Tier.SMALL_HOME,
}
RELIED_ON: Mapping[str, frozenset[str]] = {"provider_kind": frozenset({*_TIERS, *NO_PLACE})}
