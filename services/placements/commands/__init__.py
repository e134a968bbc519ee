"""What placements can be asked to do: one module an aggregate; the commands about placements are offered here.

Permission: AuthorisePlacement, AuthoriseStay. Facts: all others (CARE C1).
"""

from services.placements.commands.placements import (
    AuthorisePlacement,
    AuthoriseStay,
    ConfirmWhereabouts,
    CorrectPlacement,
    EndPlacement,
    MovePlacement,
    RecordWhereabouts,
    RegisterProvider,
    StartPlacement,
    TakeRegisterLine,
    WithdrawPlacement,
)

__all__ = [
    "AuthorisePlacement",
    "AuthoriseStay",
    "ConfirmWhereabouts",
    "CorrectPlacement",
    "EndPlacement",
    "MovePlacement",
    "RecordWhereabouts",
    "RegisterProvider",
    "StartPlacement",
    "TakeRegisterLine",
    "WithdrawPlacement",
]
