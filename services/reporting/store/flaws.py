"""What is known to be missing in the read tables or wrong with them: read from the stream's rows and the rebuilds.

Not here: what the codes mean for people (domain.FLAWS).
"""

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from services.reporting import domain
from services.reporting.store.rebuilds import OPEN
from services.reporting.store.tables import rebuild
from shared.technical_tables import parked_event, stream, watermark

CONSUMER = "reporting"
MENDING = (domain.RebuildReason.FORKED, domain.RebuildReason.NEW_TYPES)
"""A rebuild for one of these puts right what is wrong until it is done; one that a person asked for need not."""


def known(session: Session) -> tuple[str, ...]:
    """The codes of why figures are incomplete, in the order of domain.FLAWS; a stop of unheard-of reason is a stop."""
    found = session.scalars(union_all(*_stopped(), _parked(), _waiting(), _rebuilding(), _failed()))
    codes = {code if code in domain.FLAWS else "stopped" for code in found}
    return tuple(code for code in domain.FLAWS if code in codes)


def _stopped() -> tuple[Select[str], Select[str]]:
    sources = select(watermark.c.reason).where(watermark.c.consumer == CONSUMER, watermark.c.state == "stopped")
    whole = select(literal("stopped")).where(stream.c.consumer == CONSUMER, stream.c.state == "stopped")
    return sources.distinct(), whole


def _parked() -> Select[str]:
    kinds = parked_event.c.consumer == CONSUMER, parked_event.c.kind != "waiting"
    return select(literal("parked")).where(select(parked_event.c.sequence).where(*kinds).exists())


def _waiting() -> Select[str]:
    kinds = parked_event.c.consumer == CONSUMER, parked_event.c.kind == "waiting"
    return select(literal("waiting")).where(select(parked_event.c.sequence).where(*kinds).exists())


def _rebuilding() -> Select[str]:
    return select(literal("rebuilding")).where(rebuild.c.state.in_(OPEN), rebuild.c.reason.in_(MENDING))


def _failed() -> Select[str]:
    """One that was to mend something has failed, and none has come to a good end since."""
    done, failed = rebuild.alias(), rebuild
    mended = done.c.state == domain.RebuildState.DONE, done.c.requested_at > failed.c.requested_at
    return select(literal("rebuild-failed")).where(
        failed.c.state == domain.RebuildState.FAILED,
        failed.c.reason.in_(MENDING),
        ~select(done.c.id).where(*mended).correlate(failed).exists(),
    )
