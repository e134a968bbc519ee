"""What reporting is about: periods, returns and their bundles, and at a hub the bundles of others.

Not here: counting (indicators), the form of bundles and their judgement (federation), tables (store).
"""

from services.reporting.domain.computed import Computed, FrozenFigure, compute
from services.reporting.domain.deliveries import (
    BundleAccepted,
    BundleRefused,
    Deliveries,
    Delivery,
    Hub,
    Judge,
    Series,
    figures_of,
)
from services.reporting.domain.notes import PeriodNote, PeriodNotes
from services.reporting.domain.period import PeriodPlan, described, end_of, period_of, plan
from services.reporting.domain.returns import (
    TRANSITIONS,
    Bundle,
    Bundles,
    Chain,
    FiguresBehind,
    IdentityBroken,
    NoteNeeded,
    PeriodNotOver,
    ReceiptOfRefusal,
    Return,
    Returns,
    ReturnSigned,
    Status,
    no_bundle,
    numbers_of,
    require_over,
)

__all__ = [
    "TRANSITIONS",
    "Bundle",
    "BundleAccepted",
    "BundleRefused",
    "Bundles",
    "Chain",
    "Computed",
    "Deliveries",
    "Delivery",
    "FiguresBehind",
    "FrozenFigure",
    "Hub",
    "IdentityBroken",
    "Judge",
    "NoteNeeded",
    "PeriodNotOver",
    "PeriodNote",
    "PeriodNotes",
    "PeriodPlan",
    "ReceiptOfRefusal",
    "Return",
    "ReturnSigned",
    "Returns",
    "Series",
    "Status",
    "compute",
    "described",
    "end_of",
    "figures_of",
    "no_bundle",
    "numbers_of",
    "period_of",
    "plan",
    "require_over",
]
