"""What registry can be asked to do: one module an aggregate; the commands about the child itself are offered here."""

from services.registry.commands.children import (
    AmendChild,
    CorrectChild,
    LinkSiblings,
    RegisterChild,
    UnlinkSiblings,
    WithdrawChild,
)

__all__ = [
    "AmendChild",
    "CorrectChild",
    "LinkSiblings",
    "RegisterChild",
    "UnlinkSiblings",
    "WithdrawChild",
]
