"""Rules on how a decision came about: what was found, who was heard, who was asked, who decides (CARE C2, C4, C6).

Asked when a body is about to decide; a court's order is recorded with what they say beside it. Necessity and
suitability are two findings. Not here: the reasons (rules_reasons), the place (rules_places).
"""

from collections.abc import Callable, Mapping

from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import CaseFacts, OptionFacts, Situation

NOTHING_RECORDED = CaseFacts(case=None, kind="")  # type: ignore[arg-type]
NOT_ASKED, YES_AGREES = "NOT_ASKED", "YES_AGREES"
WITHOUT_PARENTS = frozenset({"WITHOUT_PARENTS", "FOUND_ALONE"})
VOLUNTARY = "VOLUNTARY"
KAFALAH, UNACCOMPANIED = "KAFALAH", "UNACCOMPANIED"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "care_form": frozenset({KAFALAH}),
    "entry_reason": frozenset({UNACCOMPANIED}),
    "option_answer": frozenset({NOT_ASKED, YES_AGREES}),
    "decision_situation": WITHOUT_PARENTS | {VOLUNTARY},
}
_UNDER_THREE = ("absolutely_necessary", "last_resort", "best_interests", "short_with_end")


def _case(now: Situation) -> CaseFacts:
    return now.case or NOTHING_RECORDED


def _into_care(now: Situation) -> bool:
    """Whether the decision takes or keeps the child in formal care, by whichever act it calls itself."""
    return now.form.formal


def _found(name: str, says: str) -> Callable[[Situation], Finding | None]:
    def judge(now: Situation) -> Finding | None:
        if not _into_care(now):
            return None
        found: bool | None = getattr(_case(now), name)
        said = {True: "yes", False: "no", None: "not recorded"}[found]
        return Finding(satisfied=found is True, due=now.today, facts={name: said})

    judge.__doc__ = says
    return judge


def last_resort(now: Situation) -> Finding | None:
    """For a child under three in residential care four findings are recorded, and which families were asked."""
    born = now.known.born_to
    if not (now.form.residential and _into_care(now)):
        return None
    if born is not None and now.turns(born, now.law.under_three_age) <= now.on:
        return None
    case = _case(now)
    missing = [name for name in _UNDER_THREE if getattr(case, name) is not True]
    families = [each for each in case.options if not now.book.care_form(each.care_form).residential]
    asked = sum(each.answer != NOT_ASKED for each in families)
    facts = {"missing": " ".join(missing) or "none", "families_asked": str(asked)}
    willing = any(_passed_over(each) for each in families)
    facts |= {"reasons": "none"} if willing else {}
    return Finding(satisfied=not missing and asked > 0 and not willing, due=now.today, facts=facts)


def _passed_over(option: OptionFacts) -> bool:
    """Whether somebody agreed, and nothing says why the child does not go there."""
    return option.answer == YES_AGREES and option.reason is None


def kin_searched(now: Situation) -> Finding | None:
    """Before a child goes to strangers, relatives were looked for."""
    if not _into_care(now) or now.form.bucket == "KINSHIP":
        return None
    searched = _case(now).kin_searched is True
    return Finding(satisfied=searched, due=now.today, facts={"care_form": now.form.code})


def traced(now: Situation) -> Finding | None:
    """For a child on its own kafalah is not the first option: its family is traced first (CARE C6)."""
    reasons = {now.stay.entry_reason, *now.stay.other_reasons, *_case(now).reasons}
    if now.form.code != KAFALAH or UNACCOMPANIED not in reasons:
        return None
    searched = _case(now).kin_searched is True
    return Finding(satisfied=searched, due=now.today, facts={"care_form": now.form.code})


def child_heard(now: Situation) -> Finding | None:
    """The child was heard, or there is a reason by code why not; age is never one by itself (CARE C6)."""
    if now.decision is None and not now.form.formal:
        return None
    case = _case(now)
    met = case.child_heard is True or bool(case.child_heard is False and case.not_heard_reason)
    return Finding(satisfied=met, due=now.today, facts={"not_heard_reason": case.not_heard_reason or "none"})


def parents_heard(now: Situation) -> Finding | None:
    """The parents who could be told were heard; where there are none the rule does not apply."""
    if getattr(now.decision, "situation", None) in WITHOUT_PARENTS:
        return None
    heard = _case(now).parents_heard
    said = {True: "yes", False: "no", None: "not recorded"}[heard]
    return Finding(satisfied=heard is True, due=now.today, facts={"parents_heard": said})


def child_consent(now: Situation) -> Finding | None:
    """From the pack's age the child itself consents. It is asked as soon as it may be of that age."""
    age, born = now.law.child_consent_age, now.known.born_from
    if age is None or born is None or not _into_care(now) or now.turns(born, age) > now.on:
        return None
    consents = _case(now).child_consents
    said = {True: "yes", False: "no", None: "not recorded"}[consents]
    return Finding(satisfied=consents is True, due=now.today, facts={"consents": said, "from_age": str(age)})


def panel(now: Situation) -> Finding | None:
    """The panel is of at least so many professions."""
    needed = now.law.panel_professions
    if needed is None or not _into_care(now):
        return None
    professions = sorted(_case(now).professions)
    facts = {"professions": " ".join(professions) or "none", "needed": str(needed)}
    return Finding(satisfied=len(professions) >= needed, due=now.today, facts=facts)


def voluntary(now: Situation) -> Finding | None:
    """Care on the parents' agreement has their agreement, recorded."""
    if getattr(now.decision, "situation", None) != VOLUNTARY:
        return None
    agree = _case(now).parents_agree
    said = {True: "yes", False: "no", None: "not recorded"}[agree]
    return Finding(satisfied=agree is True, due=now.today, facts={"parents_agree": said})


def separation_of_duties(now: Situation) -> Finding | None:
    """Who assessed does not decide, nor does a panel on which the place's own staff sit; or a second person signs.

    In a district with one worker the second person signs from the next level up (CARE C2).
    """
    decided_by, second = getattr(now.decision, "decided_by", None), getattr(now.decision, "second_by", None)
    if decided_by is None:
        return None
    case = _case(now)
    own = now.stay.provider is not None and now.stay.provider in case.staff_of
    if now.when is When.PERMISSION:  # the place may be named only now; who decided and signed was asked before
        facts = {"own_staff_on_panel": "yes" if own else "no"}
        return Finding(satisfied=not own, due=now.today, facts=facts) if now.case else None
    alone = decided_by in case.assessed_by
    signed = second is not None and second != decided_by and second not in case.assessed_by
    facts = {"assessor_decides": "yes" if alone else "no", "own_staff_on_panel": "yes" if own else "no"}
    return Finding(satisfied=not own and (not alone or signed), due=now.today, facts=facts)


def preference_order(now: Situation) -> Finding | None:
    """Before a form of care, somebody was asked for each that the pack prefers."""
    own = now.form.preference
    if not own or not _into_care(now):
        return None
    asked, willing = set(), False
    for option in _case(now).options:
        rank = now.book.care_form(option.care_form).preference
        if option.answer != NOT_ASKED and rank:
            asked.add(rank)
        willing |= bool(rank and rank < own and _passed_over(option))
    not_asked = [rank for rank in range(1, own) if rank not in asked]
    facts = {"preference": str(own), "not_asked": " ".join(map(str, not_asked)) or "none"}
    facts |= {"reasons": "none"} if willing else {}
    return Finding(satisfied=not not_asked and not willing, due=now.today, facts=facts)


_DECIDING = frozenset({When.DECIDING})
_OWNER = "gatekeeper"
RULES = (
    Rule(
        id="necessity-found",
        title="Care is necessary: found, and recorded",
        source="A/RES/64/142 paras 14, 57",
        owner=_OWNER,
        satisfied_by="Record the finding that care is necessary, after support for the family; or support at home.",
        judge=_found("necessity", "That care is necessary was found, and is one finding of its own."),
        when=_DECIDING,
        tier=Tier.SAFETY,
        field="necessity",
    ),
    Rule(
        id="suitability-found",
        title="This form of care suits this child: found, and recorded",
        source="A/RES/64/142 paras 21, 57",
        owner=_OWNER,
        satisfied_by="Record the finding that this form suits this child; or choose another form.",
        judge=_found("suitability", "That the form of care suits this child was found, apart from its necessity."),
        when=_DECIDING,
        tier=Tier.SAFETY,
        field="suitability",
    ),
    Rule(
        id="last-resort-found",
        title="Under three: absolutely necessary, last resort, best interests, short with an end",
        source="UNICEF CEE/CIS, November 2013; A/RES/64/142 para 22",
        owner=_OWNER,
        satisfied_by="Record each of the four findings, and which families were asked and what they answered.",
        judge=last_resort,
        when=_DECIDING,
        tier=Tier.UNDER_THREE,
        parameters=("under_three_age", "leap_birthday"),
    ),
    Rule(
        id="kin-searched",
        title="Relatives were looked for",
        source="A/RES/64/142 paras 14, 57",
        owner=_OWNER,
        satisfied_by="Look for relatives and record when; or a reasoned deviation, signed by a second person.",
        judge=kin_searched,
        when=_DECIDING,
        tier=Tier.PREFERENCE,
        deviation=True,
        field="kin_searched_on",
    ),
    Rule(
        id="tracing-before-kafalah",
        title="Before kafalah the family of a child on its own is traced",
        source="A/RES/64/142 para 152",
        owner=_OWNER,
        satisfied_by="Look for parents and relatives and record when; meanwhile another family takes care of it.",
        judge=traced,
        when=_DECIDING,
        tier=Tier.SAFETY,
        field="kin_searched_on",
    ),
    Rule(
        id="child-heard",
        title="The child was heard",
        source="A/RES/64/142 para 57; Convention on the Rights of the Child, art. 12",
        owner=_OWNER,
        satisfied_by="Hear the child, with what helps it to be understood; or record why not. Age is no reason.",
        judge=child_heard,
        when=_DECIDING,
        tier=Tier.SAFETY,
        field="child_heard",
    ),
    Rule(
        id="parents-heard",
        title="The parents were heard",
        source="A/RES/64/142 paras 57, 64-66",
        owner=_OWNER,
        satisfied_by="Hear the parents who can be told, or record why one is not told; or a signed deviation.",
        judge=parents_heard,
        when=_DECIDING,
        tier=Tier.PREFERENCE,
        deviation=True,
        field="parents_heard",
    ),
    Rule(
        id="child-consent",
        title="The child consents, from the age that the law sets",
        source="national law",
        owner=_OWNER,
        satisfied_by="Ask the child; against its will only by a reasoned deviation, signed by a second person.",
        judge=child_consent,
        when=_DECIDING,
        tier=Tier.SAFETY,
        parameters=("child_consent_age", "leap_birthday"),
        deviation=True,
        field="child_consents",
    ),
    Rule(
        id="panel-of-two-professions",
        title="A panel of several professions",
        source="A/RES/64/142 para 57",
        owner=_OWNER,
        satisfied_by="Convene members of enough professions; in a district with one, a deviation signed one level up.",
        judge=panel,
        when=_DECIDING,
        tier=Tier.PREFERENCE,
        parameters=("panel_professions",),
        deviation=True,
        field="panel",
    ),
    Rule(
        id="voluntary-agreement",
        title="The parents agree to care on their agreement",
        source="Kinward, CARE C4",
        owner=_OWNER,
        satisfied_by="Record the agreement of the parents; or apply for an order.",
        judge=voluntary,
        when=_DECIDING,
        tier=Tier.COURT_ORDER,
        field="parents_agree",
    ),
    Rule(
        id="separation-of-duties",
        title="Who assesses does not decide, who runs the place does not fill it",
        source="Kinward, CARE C2",
        owner=_OWNER,
        satisfied_by="Another person decides, or a second one signs one level up; no staff of the place on the panel.",
        judge=separation_of_duties,
        when=_DECIDING | {When.PERMISSION},
        tier=Tier.SAFETY,
        field="decided_by",
    ),
    Rule(
        id="preference-order",
        title="The order of preference of care forms",
        source="A/RES/64/142 paras 14, 21-22; the order is the pack's",
        owner=_OWNER,
        satisfied_by="Ask for the forms that come before it and record the answers; or a reasoned deviation, signed by "
        "a second person.",
        judge=preference_order,
        when=_DECIDING,
        tier=Tier.PREFERENCE,
        deviation=True,
        field="options",
    ),
)
