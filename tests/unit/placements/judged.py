"""One stay of one child as rules read it, with what a test says of it; the law is the base pack's."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.domain import RULES, Ground, KnownChild, Placement, State
from services.placements.domain.rules import When
from services.placements.domain.situation import NoSurroundings, OtherRecord, ProviderFacts, SiblingFacts, Situation

TODAY = date(2026, 3, 10)
CHILD, PLACE = UUID(int=1), UUID(int=9)


class Around(NoSurroundings):
    """Places and siblings as a test names them."""

    def __init__(
        self, *places: ProviderFacts, siblings: Sequence[SiblingFacts] = (), records: Sequence[OtherRecord] = ()
    ) -> None:
        super().__init__({each.id: each for each in places})
        object.__setattr__(self, "family", siblings)
        object.__setattr__(self, "records", records)

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        return self.family  # type: ignore[attr-defined, no-any-return]

    def other_records(self, of: UUID, known: KnownChild) -> Sequence[OtherRecord]:
        return [each for each in self.records if each.id in known.same]  # type: ignore[attr-defined]


def lived(from_: date, to: date | None = None, form: str = "INFANT_HOME", **given: Any) -> Placement:
    """A stay that is or was lived."""
    stay: dict[str, Any] = {"provider": PLACE, "entry_reason": "NEGLECT", "planned_to": None} | given
    ground = stay.pop("ground", Ground.ARRIVED)
    id_ = stay.pop("id", UUID(int=50))
    return Placement.of(
        id_, CHILD, State.ENDED if to else State.ACTIVE,
        domain.Stay(care_form=form, area=stay.pop("area", "KZ-75"), from_=from_, to=to, **stay),
        ground=ground, today=TODAY,
    )  # fmt: skip


def asked(
    from_: date = TODAY, form: str = "INFANT_HOME", other_reasons: tuple[str, ...] = (), **given: Any
) -> Placement:
    """A stay that someone asks to authorise."""
    placement = lived(from_, form=form, ground=None, id=UUID(int=51), **given)
    placement.state, placement.other_reasons = State.PLANNED, other_reasons
    return placement


def situation(
    book: Any,
    *,
    stay: Placement | None = None,
    today: date = TODAY,
    when: When | None = None,
    earlier: Sequence[Placement] = (),
    placements: Sequence[Placement] | None = None,
    around: NoSurroundings | None = None,
    born_to: date | None = date(2018, 6, 1),
    born_from: date | None = None,
    known: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    **given: Any,
) -> Situation:
    """What rules read: of `stay`, or of one asked for with what `given` says."""
    stay = stay or asked(**given)
    return Situation(
        today=today,
        when=when or (When.PERMISSION if stay.state is State.PLANNED else When.STANDING),
        law=book.law(stay.area, stay.from_, today),
        book=book,
        known=KnownChild(born_from or born_to, born_to, "KZ-75", **{"confirmed": True} | (known or {})),
        child=CHILD,
        stay=stay,
        form=book.care_form(stay.care_form),
        placements=[*earlier, *([stay] if stay.lived else [])] if placements is None else placements,
        around=around or NoSurroundings(),
        **(more or {}),
    )


def said(rule: str, now: Situation) -> Any:
    """What a rule says."""
    return RULES[rule].verdict(now)
