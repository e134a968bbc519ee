"""What registry can be asked to do: one module an aggregate; the commands about the child itself are offered here."""

from services.registry.commands.children import (
    AmendChild,
    CorrectChild,
    LinkSiblings,
    RecordDeath,
    RegisterChild,
    RetractDeath,
    UnlinkSiblings,
    WithdrawChild,
)

__all__ = [
    "AmendChild",
    "CorrectChild",
    "LinkSiblings",
    "RecordDeath",
    "RegisterChild",
    "RetractDeath",
    "UnlinkSiblings",
    "WithdrawChild",
]
