"""What happens when registry tells of kin, and what rules say to options. Not here: how they are found (views.options).

Finding options and judging them changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.domain import exemptions, judgement, options
from services.placements.handlers import placements
from shared.happening import Happening

PLACE_RULES = frozenset(
    {
        "approval-in-force", "capacity", "care-form-permitted", "close-to-home", "form-fits-place", "house-size",
        "institution-size", "minimum-age-residential", "preference-order", "siblings-together", "takes-this-age",
        "under-three-residential",
    }
)  # fmt: skip
"""The rules that speak to a place; those on how it is decided come with the decision."""


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def kin(self) -> options.Kin:
        """What registry told of kin."""


def note_kin(uow: UnitOfWork, event: Happening) -> None:
    """A person is kin to a child, or is it no longer."""
    data = event.data
    person, relation = UUID(data["person"]), data["relation"]
    if data["standing"]:
        uow.kin.stands(event.subject, person, relation, {"area": data["area"], "deceased": data["deceased"]})
    else:
        uow.kin.gone(event.subject, person, relation)


def note_relative(uow: UnitOfWork, event: Happening) -> None:
    """A person moved, died, or wished not to be named any more."""
    data = event.data
    if data["withheld"]:
        uow.kin.withheld(event.subject)
    else:
        uow.kin.changed(event.subject, {"area": data["area"], "deceased": data["deceased"]})


def judged(
    uow: UnitOfWork, child: domain.Whereabouts, found: Iterable[options.Option], today: date
) -> list[options.Option]:
    """The options, those that fit with the rules that a stay there from today on would not meet, by care form."""
    act = placements.acting(uow, today)
    return [replace(each, unmet=_unmet(child, each, act)) if each.fits else each for each in found]


def _unmet(child: domain.Whereabouts, option: options.Option, act: domain.Act) -> dict[str, tuple[str, ...]]:
    area = child.known.area or option.area
    if option.provider is None or area is None:
        return {}
    unmet = {}
    for form in option.care_forms:
        stay = domain.Stay(care_form=form, area=area, from_=act.today, provider=option.provider)
        verdicts = judgement.permission(child, exemptions.asked(child, stay, (), act.today), act)
        unmet[form] = tuple(each.rule.id for each in verdicts if not each.met and each.rule.id in PLACE_RULES)
    return unmet


CONSUMED: dict[str, Any] = {"registry.kin-changed.v1": note_kin, "registry.relative-changed.v1": note_relative}
