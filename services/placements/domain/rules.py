"""The rules: small pure functions, facts in, verdict out. Each has an id, a source, an owner and a remedy.

A verdict neither refuses nor alarms: whereabouts refuses a permission for it, or opens a breach for a fact. The numbers
come from the country pack, as Law. Not here: impossibilities, which are no rules of care.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NoReturn, Protocol

from services.placements.domain import codes
from services.placements.domain.days import Span, birthday, months_later, nights
from shared.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Law:
    """The numbers of the rules, named as the pack's parameters (countries/_base/parameters.toml has their units)."""

    under_three_age: int
    under_three_residential_stay: int
    leap_birthday: str
    emergency_decision: int
    emergency_repeat_window: int
    legacy_decision_due: int
    breach_due: int


@dataclass(frozen=True)
class CareForm:
    """A care form of the pack: its international bucket and the kind of provider that gives it."""

    code: str
    bucket: str
    provider_kind: str

    @property
    def residential(self) -> bool:
        """Whether children live with staff, not in a family."""
        return self.bucket == "RESIDENTIAL"

    @property
    def formal(self) -> bool:
        """Whether it is formal alternative care."""
        return self.bucket != "NONE"

    @property
    def as_destination(self) -> str:
        """The code of exit_destination that says a child went on to this form (COUNTING F8)."""
        if self.formal:
            return codes.TO_RESIDENTIAL_CARE if self.residential else codes.TO_FAMILY_BASED_CARE
        return codes.HOME if self.provider_kind == codes.OWN_FAMILY else codes.ELSEWHERE


class LawBook(Protocol):
    """What the country pack says, on a day and in an area."""

    def law(self, area: str, began: date, today: date) -> Law:
        """The law that holds today for a stay that began, or will begin, on a day."""

    def care_form(self, code: str) -> CareForm:
        """The care form. Raises Invalid for an unknown code."""

    def reason_class(self, code: str) -> str:
        """The class of an entry reason: poverty, absence, harm or unknown. Raises Invalid for an unknown code."""


class UnderThreeInResidentialCare(Refused):
    """A child under three is to stay in residential care longer than the law allows, or without a planned end."""

    code = "under-three-in-residential-care"
    title = "Under three in residential care"


class ProviderNotRegistered(Refused):
    """Residential care is given by registered providers only."""

    code = "provider-not-registered"
    title = "Provider not registered"


class PovertyTheOnlyReason(Refused):
    """Poverty, disability, migration or education is never the only reason to part a child from its family."""

    code = "poverty-the-only-reason"
    title = "Poverty the only reason"


@dataclass(frozen=True)
class Rule:
    """A rule by name: where it comes from, which role must see to a breach of it, what satisfies it."""

    id: str
    title: str
    source: str
    owner: str
    satisfied_by: str
    refusal: type[Refused] = Refused


UNDER_THREE = Rule(
    "under-three-residential",
    "Under three: residential care short, and with a planned end",
    "A/RES/64/142 para 22; UNICEF CEE/CIS, November 2013",
    "gatekeeper",
    "Care in a family; or a decision whose planned end keeps all residential nights within the allowance.",
    UnderThreeInResidentialCare,
)
REGISTERED_PROVIDER = Rule(
    "registered-provider",
    "Residential care at a registered provider",
    "A/RES/64/142 para 105",
    "gatekeeper",
    "Register the provider, and record the placement there.",
    ProviderNotRegistered,
)
NOT_FOR_POVERTY = Rule(
    "not-for-poverty",
    "Poverty is never the only reason",
    "A/RES/64/142 para 15",
    "gatekeeper",
    "Support for the family; or a further reason of absence or harm.",
    PovertyTheOnlyReason,
)
DECISION = Rule(
    "decision-in-force",
    "A decision behind every stay in care",
    "A/RES/64/142 para 57",
    "gatekeeper",
    "Authorise the stay, or record where the child went instead.",
)
LEGACY_DECISION = Rule(
    "legacy-decision-due",
    "The decision behind a stay that came with an import",
    "A/RES/64/142 para 57",
    "gatekeeper",
    "Find the decision on paper or make it, and authorise the stay.",
)
ONE_PLACE = Rule(
    "whereabouts-conflict",
    "Exactly one place a child",
    "Kinward, CARE C1",
    "duty_officer",
    "Find out where the child is; confirm the claim or withdraw it.",
)
AFTER_BIRTH = Rule(
    "stay-before-birth",
    "No stay before birth",
    "arithmetic",
    "gatekeeper",
    "Correct the birth date in registry, or the first day of the stay.",
)
# In order of precedence (CARE C12): where several refuse, the first is named first.
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (AFTER_BIRTH, ONE_PLACE, UNDER_THREE, REGISTERED_PROVIDER, NOT_FOR_POVERTY, DECISION, LEGACY_DECISION)
}


@dataclass(frozen=True)
class Verdict:
    """What a rule says to the facts (codes, days, numbers as text). `due`: until when a breach is to be healed."""

    rule: Rule
    satisfied: bool
    facts: Mapping[str, str]
    due: date

    @property
    def satisfied_by(self) -> str:
        """What would satisfy the rule."""
        return self.rule.satisfied_by

    def refuse(self) -> NoReturn:
        """Raise the rule's own error, with the facts and the remedy."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        raise self.rule.refusal(f"{self.rule.title} ({facts}).", rule=self.rule.id, remedy=self.satisfied_by)


def under_three(
    born_to: date | None, earlier: Sequence[Span], stay: Span, form: CareForm, law: Law, today: date
) -> Verdict:
    """All residential nights before the third birthday, over gaps, fit the allowance, and `stay` has a planned end.

    `born_to` is the last possible day of birth: the child counts as under three until it certainly is not (CARE C12);
    None: not known, so under three. `stay` ends where it is planned to. The allowance is counted in nights from the
    first start to the same day so many calendar months later, clipped to the month's end.
    """
    third = birthday(born_to, law.under_three_age, law.leap_birthday) if born_to else date.max
    if not form.residential or stay.from_ >= third or today >= third:
        return Verdict(UNDER_THREE, True, {}, today)
    spans = (*(span for span in earlier if span.from_ < third), stay)
    first = min(span.from_ for span in spans)
    allowance = (months_later(first, law.under_three_residential_stay) - first).days
    used, planned = nights(spans, min(third, today)), nights(spans, third) if stay.to else None
    days_left = min(allowance - used, law.breach_due) if used < allowance else law.breach_due
    facts = {
        "care_form": form.code,
        "third_birthday": third.isoformat() if born_to else "unknown",
        "nights_allowed": str(allowance),
        "nights_until_today": str(used),
        "nights_planned": "no planned end" if planned is None else str(planned),
    }
    fits = planned is not None and planned <= allowance
    return Verdict(UNDER_THREE, fits, facts, today + timedelta(days=days_left))


def registered_provider(form: CareForm, has_provider: bool, law: Law, today: date) -> Verdict:
    """Residential care has a registered provider; family care may have a carer without one."""
    due = today + timedelta(days=law.breach_due)
    return Verdict(REGISTERED_PROVIDER, has_provider or not form.residential, {"care_form": form.code}, due)


def not_for_poverty(form: CareForm, reasons: Mapping[str, str], today: date) -> Verdict:
    """Of the reasons (code to class) for formal care, at least one is not of the class of poverty (CARE V9)."""
    only_poverty = bool(reasons) and set(reasons.values()) == {"poverty"}
    return Verdict(NOT_FOR_POVERTY, not (form.formal and only_poverty), {"reasons": " ".join(sorted(reasons))}, today)


def emergency_clock(stays: Iterable[Span], window: int) -> date:
    """When the clock of an emergency began: stays less than `window` days apart share one, the child's (CARE C4)."""
    latest, *before = sorted(stays, key=lambda stay: stay.from_, reverse=True)
    began = latest.from_
    for stay in before:
        if (began - (stay.to or began)).days > window:
            break
        began = stay.from_
    return began


def decision(form: CareForm, decided: bool, emergencies: Sequence[Span], law: Law, today: date) -> Verdict:
    """A decision stands behind formal care. In an emergency (`emergencies` not empty) its clock runs from arrival."""
    due = today + timedelta(days=law.breach_due)
    if emergencies:
        # Whole days, rounded up; the hour of arrival is not recorded.
        due = emergency_clock(emergencies, law.emergency_repeat_window) + timedelta(
            days=-(-law.emergency_decision // 24)
        )
    return Verdict(DECISION, decided or not form.formal, {"care_form": form.code}, due)


def legacy_decision(form: CareForm, decided: bool, law: Law, recorded_on: date) -> Verdict:
    """As `decision`, for an imported stay: with a calendar of its own, so that day one is not ten thousand alarms."""
    due = recorded_on + timedelta(days=law.legacy_decision_due)
    return Verdict(LEGACY_DECISION, decided or not form.formal, {"care_form": form.code}, due)


def one_place(claim: Span, law: Law, today: date) -> Verdict:
    """A second place that claims the child is never in order."""
    due = today + timedelta(days=-(-law.emergency_decision // 24))
    return Verdict(ONE_PLACE, False, {"claimed_from": claim.from_.isoformat()}, due)


def after_birth(born_from: date | None, stay: Span, law: Law, today: date) -> Verdict:
    """A stay does not begin before the child can have been born; a corrected birth date may make it seem so."""
    possible = born_from is None or stay.from_ >= born_from
    due = today + timedelta(days=law.breach_due)
    return Verdict(AFTER_BIRTH, possible, {"from": stay.from_.isoformat()}, due)
