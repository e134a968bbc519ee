"""What the rules read of a gatekeeping case before its decision (situation.CaseFacts): codes, yes or no; never words.

A case that is heard with that of a brother or sister brings its own reasons, hearings and findings; options, panel and
recommendation are those of the case it joined.
"""

from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import FindingKind
from services.placements.domain.situation import CaseFacts, OptionFacts


def facts(case: GatekeepingCase, leading: GatekeepingCase | None, agreed: bool | None = None) -> CaseFacts:
    """The facts of a case. `agreed`: whether an agreement of the parents stands for it; None: there is none."""
    heading = leading or case
    heard = [each for each in case.hearings if each.heard]
    not_heard = [each for each in case.hearings if not each.heard]
    short = case.finding(FindingKind.SHORT_WITH_END)
    recommended = heading.recommendation
    return CaseFacts(
        case=case.id,
        kind=case.kind,
        reasons=case.reasons,
        help_tried=case.help_tried,
        assessed=case.assessment is not None,
        necessity=_found(case, FindingKind.NECESSITY),
        suitability=_found(case, FindingKind.SUITABILITY),
        absolutely_necessary=_found(case, FindingKind.ABSOLUTELY_NECESSARY),
        last_resort=_found(case, FindingKind.LAST_RESORT),
        best_interests=_found(case, FindingKind.BEST_INTERESTS),
        short_with_end=_found(case, FindingKind.SHORT_WITH_END),
        planned_end=short.until if short else None,
        options=tuple(OptionFacts(care_form=o.care_form, provider=o.provider, answer=o.answer, reason=o.reason)
                      for o in heading.options),
        kin_searched=heading.kin_searched_on is not None if heading.options else None,
        child_heard=True if heard else (False if not_heard else None),
        not_heard_reason=None if heard or not not_heard else not_heard[-1].not_heard_reason,
        child_consents=heard[-1].consents if heard else None,
        parents_heard=_parents_heard(case),
        professions=frozenset(each.profession for each in heading.panel),
        panel=frozenset(heading.panel_accounts),
        assessed_by=frozenset({case.assessed_by} if case.assessed_by else ()),
        staff_of=frozenset(id_ for each in heading.panel for id_ in each.staff_of),
        parents_agree=_agree(case, agreed),
        recommended=recommended.outcome if recommended else None,
    )  # fmt: skip


def _found(case: GatekeepingCase, kind: FindingKind) -> bool | None:
    finding = case.finding(kind)
    return None if finding is None else finding.found


def _parents_heard(case: GatekeepingCase) -> bool | None:
    """Each who could be notified was heard; None: nothing is recorded of any."""
    if not case.parents:
        return None
    return all(each.heard_on is not None for each in case.parents if each.notified_on is not None)


def _agree(case: GatekeepingCase, agreed: bool | None) -> bool | None:
    """A withdrawn agreement is a No, whatever was said before."""
    if agreed is not None:
        return agreed
    said = [each.agrees for each in case.parents if each.agrees is not None]
    return all(said) if said else None
