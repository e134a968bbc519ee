"""The life of a rebuild, and figures that are known to be incomplete."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.reporting import domain
from services.reporting.domain import RebuildReason, RebuildState
from shared.errors import Conflict

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 10, tzinfo=UTC)


def asked() -> domain.Rebuild:
    """A rebuild that nobody has begun."""
    return domain.Rebuild(UUID(int=1), AT, "tester", RebuildReason.OPERATOR)


def test_a_rebuild_begins_and_comes_to_its_end() -> None:
    one = asked()
    assert not one.ended
    one.begin("figures_b", AT)
    one.events = 12
    assert (one.state, one.ended) == (RebuildState.RUNNING, False)
    one.finish(LATER)
    assert (one.state, one.schema_name, one.started_at, one.done_at, one.ended) == (
        RebuildState.DONE, "figures_b", AT, LATER, True,
    )  # fmt: skip


def test_one_that_begins_anew_has_applied_nothing() -> None:
    one = asked()
    one.begin("figures_b", AT)
    one.events = 12
    one.begin("figures_b", LATER)
    assert (one.events, one.started_at) == (0, LATER)


def test_what_has_ended_neither_goes_on_nor_fails() -> None:
    one = asked()
    one.begin("figures_b", AT)
    one.fail("undecodable", LATER)
    assert (one.error, one.done_at, one.ended) == ("undecodable", LATER, True)
    for act in (lambda: one.begin("figures_b", LATER), lambda: one.finish(LATER), lambda: one.fail("again", LATER)):
        with pytest.raises(Conflict):
            act()


def test_nothing_that_was_never_begun_is_done() -> None:
    with pytest.raises(Conflict):
        asked().finish(AT)


def test_figures_with_a_flaw_are_refused_with_all_that_is_wrong_and_the_remedy_of_the_gravest() -> None:
    domain.require_complete(())
    with pytest.raises(domain.FiguresIncomplete) as refused:
        domain.require_complete(("forked", "parked"))
    assert refused.value.rule == "forked" and refused.value.remedy == "kinward rebuild reporting"
    assert domain.FLAWS["forked"].text in refused.value.message and domain.FLAWS["parked"].text in refused.value.message
