"""Who sits on a panel, and who does not: separation of duties (CARE C2), several professions.

Not here: what the panel recommends (gatekeeping), who decides (decisions).
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.placements.domain.gatekeeping_parts import Member, Option
from shared.errors import Invalid, Refused


class NotOnThisPanel(Refused):
    """Who would fill a place of the own provider, or has assessed the child, sits on no panel about it (CARE C2)."""

    code = "separation-of-duties"
    title = "Separation of duties"


class PanelTooNarrow(Refused):
    """A panel has members of several professions (A/RES/64/142 para 57)."""

    code = "panel-too-narrow"
    title = "Panel too narrow"


def require_apart(panel: Iterable[Member], assessed_by: str | None, places: Iterable[UUID | None]) -> None:
    """Raise NotOnThisPanel for the assessing worker, and for staff of a provider whose places may be filled."""
    members = tuple(panel)
    if any(each.account == assessed_by for each in members):
        raise NotOnThisPanel(
            "The assessing worker does not decide.",
            field="members",
            rule="separation-of-duties",
            remedy="Name another member; where there is none, from the next level up.",
        )
    considered = {each for each in places if each is not None}
    if any(considered & set(each.staff_of) for each in members):
        raise NotOnThisPanel(
            "Staff of a provider sit on no panel that may fill its places.",
            field="members",
            rule="separation-of-duties",
            remedy="Convene a panel without staff of the providers that are considered.",
        )


def require_wide(panel: Iterable[Member], professions: int) -> None:
    """Raise PanelTooNarrow for a panel of fewer professions than the pack asks for."""
    found = len({each.profession for each in panel})
    if found < professions:
        raise PanelTooNarrow(
            f"{found} professions sit on the panel, {professions} are asked for.",
            field="members",
            rule="panel-of-two-professions",
            remedy="Convene a panel with members of further professions.",
        )


def require_one_seat(panel: Iterable[Member]) -> None:
    """Raise Invalid where somebody sits twice."""
    accounts = [each.account for each in panel]
    if len(set(accounts)) != len(accounts):
        raise Invalid("A member sits once.", field="members", rule="one-seat")


def require_sibling(child: UUID, siblings: Collection[UUID]) -> None:
    """Raise Invalid where a panel would hear the cases of two children together who are no siblings."""
    if child not in siblings:
        raise Invalid(
            "It is joined with the case of a brother or sister.",
            field="into",
            rule="joined-with-sibling",
            remedy="Link the siblings in registry first.",
        )


def places(options: Iterable[Option]) -> set[UUID | None]:
    """The providers that are considered."""
    return {each.provider for each in options}
