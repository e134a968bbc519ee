"""An event as a handler hears it, without a broker: shared.happening.Happening by hand."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.ids import new_id


@dataclass
class Heard:
    """What another service told of a subject."""

    subject: UUID
    data: dict[str, Any]
    id: UUID = field(default_factory=new_id)
    type: str = "toys.parcel-posted.v1"
