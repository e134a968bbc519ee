"""Gatekeeping cases behind the decisions of a year, for benchmarks: sealed under a key of each child, as the real ones.

Not here: the children and their decisions (placements_register), what is asked of them (placements_simulate).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from benchmarks.placements_register import Placements
from services.placements.domain.gatekeeping_parts import (
    Assessment,
    Finding,
    FindingKind,
    Hearing,
    Member,
    Option,
    Recommendation,
)
from services.placements.domain.gatekeeping_states import CaseStatus
from services.placements.store.gatekeeping_cases import gatekeeping_case
from shared import copying, protection
from shared.ids import new_id

WORDS = "What was said, in words that nobody but those who decide reads. " * 6
BATCH = 5_000
COLUMNS = (
    "id", "version", "child", "kind", "area", "reasons", "help_tried", "requested_by", "requested_on", "status",
    "ended_on", "assessed_by", "outcome", "decision", "panel_accounts", "heard", "sealed",
)  # fmt: skip
_DECIDED = text("select id, child, area, made_on from decision where made_on >= :since order by child")
_BY_CASE = text(
    """
    update decision set "case" = found.id, body = 'GUARDIANSHIP_BODY', decided_by = 'head', recorded_at = made_on
    from gatekeeping_case found where found.decision = decision.id
    """
)


def fill(placements: Placements, since: date) -> int:
    """A body decided whatever was decided since a day, by a case each; how many there are."""
    engine = placements.engine()
    with engine.connect() as connection:
        decided = [tuple(row) for row in connection.execute(_DECIDED, {"since": since})]
    for first in range(0, len(decided), BATCH):
        uow = placements.unit_of_work(engine)
        rows = list(_rows(uow.session, decided[first : first + BATCH]))
        protection.keyring(uow.session).write()
        copying.copy(uow.session.connection(), gatekeeping_case, COLUMNS, rows)
        uow.session.commit()
        uow.close()
    with engine.begin() as connection:
        connection.execute(_BY_CASE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    engine.dispose()
    return len(decided)


def _rows(session: Any, decided: list[tuple[UUID, UUID, str, date]]) -> Iterator[tuple[Any, ...]]:
    ring = protection.keyring(session)
    for decision, child, area, made_on in decided:
        id_ = new_id()
        document = msgspec.json.encode(_said(made_on))
        sealed = ring.make(child).seal(document, gatekeeping_case.name, "sealed", id_)
        yield (
            id_, 1, child, "ENTRY", area, frozenset({"NEGLECT"}), frozenset({"HOME_VISITS"}), "aigul", made_on,
            CaseStatus.CARRIED_OUT, made_on, "aigul", "FAMILY_FORM", decision, frozenset({"erlan", "gulnara"}), "heard",
            sealed,
        )  # fmt: skip


def _said(on: date) -> dict[str, Any]:
    said = {
        "hearings": (Hearing(heard=True, on=on, heard_by="aigul", support="NONE_NEEDED", words=WORDS),),
        "parents": (),
        "options": (
            Option(care_form="GUARDIANSHIP", asked_on=on, answer="DECLINES", reason="NONE_EXISTS"),
            Option(care_form="FOSTER", asked_on=on, answer="YES_AGREES"),
        ),
        "panel": (
            Member(account="erlan", profession="PSYCHOLOGY"),
            Member(account="gulnara", profession="SOCIAL_WORK"),
        ),
        "assessment": Assessment(by="aigul", on=on, domains=("SAFETY", "PARENTING"), words=WORDS),
        "findings": (
            Finding(kind=FindingKind.NECESSITY, found=True, by="aigul", on=on, words=WORDS),
            Finding(kind=FindingKind.SUITABILITY, found=True, by="aigul", on=on, words=WORDS),
        ),
        "recommendation": Recommendation(outcome="FAMILY_FORM", on=on, words=WORDS),
        "kin_searched_on": on,
        "screening": WORDS,
    }
    return {name: msgspec.to_builtins(value) for name, value in said.items()}
