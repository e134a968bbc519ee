"""What a gatekeeping case gathers before anybody decides: who was heard, what was asked of whom, what was found.

Values without a life of their own; words in them are sealed with the case. Not here: the case and its steps
(gatekeeping), what the rules read of it (gatekeeping_facts).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Invalid

INTERPRETER, DRAWING = "INTERPRETER", "DRAWING"
SUSPECTED = "SUSPECTED_OF_HARM"
NOT_ASKED, NONE_EXISTS = "NOT_ASKED", "NONE_EXISTS"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "communication_support": frozenset({INTERPRETER, DRAWING}),
    "not_notified_reason": frozenset({SUSPECTED}),
    "option_answer": frozenset({NOT_ASKED}),
    "option_reason": frozenset({NONE_EXISTS}),
}


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """The child was heard, or was not; one of any number of times (CARE C6).

    `support`: what helped it to make itself understood, with the `language` of an interpreter. `heard_by`: an account.
    `drawing`: the child's attachment in registry. `weight`: how its view weighed. `feedback_on`: when it was told.
    `consents`: its own consent, where the pack's age asks for it. Its words, how they weighed and what it was told in
    words are the child's own and sealed. Age is no reason for not hearing: the list has no such code.
    """

    heard: bool
    on: date
    heard_by: str
    support: str | None = None
    language: str | None = None
    not_heard_reason: str | None = None
    drawing: UUID | None = None
    weight: str | None = None
    feedback_on: date | None = None
    consents: bool | None = None
    words: str = ""
    weight_words: str = ""
    feedback_words: str = ""

    def check(self, today: date) -> None:
        """Raise Invalid where it cannot be so."""
        not_later(self.on, today)
        if self.feedback_on is not None:
            not_later(self.feedback_on, today, "feedback_on")
            if self.feedback_on < self.on:
                raise Invalid("The child was told before it was heard.", field="feedback_on", rule="not-before")
        if not self.heard:
            self._check_not_heard()
        elif self.support is None:
            raise Invalid("How was the child helped to be understood?", field="support", rule="communication-support")
        elif self.not_heard_reason is not None:
            raise Invalid("The child was heard.", field="not_heard_reason", rule="child-heard")
        elif (self.support == INTERPRETER) != (self.language is not None):
            raise Invalid(
                "The language is that of the interpreter: with one say which it was, without one leave it out.",
                field="language",
                rule="interpreter-language",
            )

    def _check_not_heard(self) -> None:
        if self.not_heard_reason is None:
            raise Invalid(
                "A child that is not heard needs a reason; its age is none.",
                field="not_heard_reason",
                rule="child-heard",
                remedy="Hear the child with the support it needs, or say why it could not be.",
            )
        said = {name: getattr(self, name) for name in ("support", "language", "drawing", "weight", "consents", "words")}
        if wrong := next((name for name, value in said.items() if value not in (None, "")), None):
            raise Invalid("The child was not heard.", field=wrong, rule="child-heard")


@dataclass(frozen=True, kw_only=True)
class ParentView:
    """What one of those who have parental rights was told and said. Who is suspected of the harm does neither (C15)."""

    who: str
    notified_on: date | None = None
    not_notified_reason: str | None = None
    heard_on: date | None = None
    agrees: bool | None = None
    words: str = ""

    def check(self, today: date) -> None:
        """Raise Invalid where it cannot be so."""
        for name in ("notified_on", "heard_on"):
            if (day := getattr(self, name)) is not None:
                not_later(day, today, name)
        if (self.notified_on is None) == (self.not_notified_reason is None):
            raise Invalid("Notified on a day, or not for a reason.", field="notified_on", rule="parents-notified")
        if self.not_notified_reason == SUSPECTED and (self.agrees is not None or self.heard_on is not None):
            raise Invalid(
                "Who is suspected of the harm is not asked to agree.", field="agrees", rule="suspected-of-harm"
            )
        if self.agrees is not None and self.heard_on is None:
            raise Invalid("Who agrees or not was heard.", field="heard_on", rule="parents-heard")


@dataclass(frozen=True, kw_only=True)
class Option:
    """A form of care that was considered. `person`: the relative asked, by registry's id; `answer` and why by code."""

    care_form: str
    provider: UUID | None = None
    person: UUID | None = None
    asked_on: date | None = None
    answer: str = NOT_ASKED
    reason: str | None = None

    @property
    def asked(self) -> bool:
        """Whether somebody was asked."""
        return self.answer != NOT_ASKED

    def check(self, today: date) -> None:
        """Raise Invalid where it cannot be so."""
        if self.asked_on is not None:
            not_later(self.asked_on, today, "asked_on")
        if self.asked != (self.asked_on is not None):
            raise Invalid("What was asked was asked on a day.", field="asked_on", rule="option-asked")
        if not self.asked and self.reason is None:
            raise Invalid("Why was nobody asked?", field="reason", rule="option-asked")


def require_kin_asked(options: Sequence[Option]) -> None:
    """Raise Invalid where a search for relatives has led to nobody and does not say that there are none."""
    if not any(each.person is not None or each.reason == NONE_EXISTS for each in options):
        raise Invalid(
            "Which relatives were asked?",
            field="kin_searched_on",
            rule="kin-searched",
            remedy="Record the relatives among the options, or that there are none.",
        )


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody on the panel: an account, its profession, and the providers it works for."""

    account: str
    profession: str
    staff_of: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """By whom, when, which domains were looked at; the assessment itself in words."""

    by: str
    on: date
    domains: tuple[str, ...]
    words: str = ""


class FindingKind(StrEnum):
    """What is found, each by itself: the two of every case, then the four for a child under three (CARE C12)."""

    NECESSITY = "necessity"
    SUITABILITY = "suitability"
    ABSOLUTELY_NECESSARY = "absolutely_necessary"
    LAST_RESORT = "last_resort"
    BEST_INTERESTS = "best_interests"
    SHORT_WITH_END = "short_with_end"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """It is so, or not; who found it, when, and why in words. `until`: the end of a stay found to be short."""

    kind: FindingKind
    found: bool
    by: str
    on: date
    until: date | None = None
    words: str = ""

    def check(self, today: date, options: Sequence[Option], family: frozenset[str]) -> None:
        """Raise Invalid where it cannot be so. `family`: the care forms of the pack that are care in a family."""
        not_later(self.on, today)
        short = self.kind is FindingKind.SHORT_WITH_END and self.found
        if short != (self.until is not None):
            raise Invalid(
                "That the stay is short is found with the day of its end; no other finding has one.",
                field="until",
                rule="under-three-residential",
            )
        if self.until is not None and self.until <= today:
            raise Invalid("The end lies ahead.", field="until", rule="planned-end-ahead")
        asked = any(each.asked and each.care_form in family for each in options)
        if self.kind is FindingKind.LAST_RESORT and self.found and not asked:
            raise Invalid(
                "No family was asked.",
                field="found",
                rule="last-resort-found",
                remedy="Record which families were asked, and what they answered.",
            )


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What the panel recommends, on a day; how many of it were against; why in words."""

    outcome: str
    on: date
    care_form: str | None = None
    provider: UUID | None = None
    against: int = 0
    words: str = ""


def not_later(day: date, today: date, field: str = "on") -> None:
    """Raise Invalid for a day that lies ahead."""
    if day > today:
        raise Invalid("This lies in the future.", field=field, rule="not-in-the-future")
