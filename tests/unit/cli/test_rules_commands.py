"""`kinward rules simulate` by itself: what the terminal shows where two laws differ, and where they do not."""

from collections import Counter

import pytest

from services.cli import rules_commands
from services.placements.domain.simulation import Asked, Cell, Counted, Result
from services.placements.domain.simulation_decisions import NoCase

CELL = Cell(Asked.PLACEMENT, "under-three-residential", "KG-GB", "Y3T6", "DETSKY_DOM")


@pytest.mark.parametrize(("new", "differing"), [(0, False), (1, True)])
def test_the_longer_tables_are_shown_only_where_the_laws_differ(
    capsys: pytest.CaptureFixture[str], new: int, differing: bool
) -> None:
    counted = Counted(now=1, then=1 + new, new=new, healed=0)
    rules_commands._show(Result(cells={CELL: counted}, judged=Counter({Asked.PLACEMENT: 2})))
    shown = capsys.readouterr().out
    assert ("By rule and area" in shown, "In none of them do the laws differ." in shown) == (differing, not differing)


def test_what_could_not_be_asked_is_said_apart_from_what_is_not_met(capsys: pytest.CaptureFixture[str]) -> None:
    cell = CELL._replace(asked=Asked.DECISION, rule="no-case-court-order")
    found = Result(cells={cell: Counted(not_asked=1200)}, judged=Counter({Asked.DECISION: 1300}))
    rules_commands._show(found)
    shown = " ".join(capsys.readouterr().out.split())
    assert "1,300 decisions judged by both laws." in shown
    assert "Not asked: 1,200 no-case-court-order: a court's order, without a gatekeeping case" in shown
    assert "By rule" not in shown
    assert set(rules_commands.NOT_ASKED) == set(NoCase)
