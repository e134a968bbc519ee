"""What placements' rules ask, in words, by the id that a refusal or a verdict names.

Not here: the rules of care themselves (rules_*), whose own words these take, and the numbers of the law.
"""

from services.placements.domain.rulebook import RULES
from services.placements.domain.rules import Rule, Tier, When
from shared.rule_words import OWN_PAPERS, RuleWords, table

CONSENT = "child-consent"

STAYS = table(
    {
        "arrived-after-taken": ("A child arrives after it was taken.", "Check both moments."),
        "away-once": (
            "A child is away from one place once at a time.",
            "Say when it came back from there, or that this absence follows that one.",
        ),
        "emergency-at-emergencies": (
            "An emergency is recorded as one, so that those who must know are told.",
            "Record the emergency: who took the child, from where, and at what hour.",
        ),
        "ends-after-it-begins": ("What holds for a time ends after it begins.", "Check both days."),
        "held-by-somebody": ("A review is held by somebody.", "Say who held it."),
        "hour-of-the-first-day": ("The hour of arrival is one of the first day.", "Check the hour and the day."),
        "not-after-death": ("Nothing changes in a child's life after its death.", "Check the day and the stay."),
        "not-before-birth": ("A child is nowhere before its birth.", "Check the day, or correct the day of birth."),
        "one-place-a-child": (
            "A child is in one place at a time.",
            "End the other stay first, or correct its days, where it was not so.",
        ),
        "planned-end-ahead": ("A planned end lies ahead.", "Give a day from tomorrow on."),
        "provider-known": ("A place is registered before a child is there.", "Register the provider or family first."),
        "unit-known": ("A house or group is one of the provider's.", "Choose one of them, or leave it out."),
        "within-the-stay": ("What happens in a stay happens between its days.", "Check the day and the stay."),
        "child-in-care": ("This is about a child in care.", "Record the stay first."),
        "form-of-the-act": (
            "An act decides on its own forms of care: what goes on gets no more restrictive, a guardian is a person.",
            "Choose the act that the case is about.",
        ),
        "entered-before": (
            "Care on which somebody decided is prolonged, renewed, or made more restrictive; it is not entered anew.",
            "Choose that act.",
        ),
        "case-stays": (
            "Which case a decision is about, and what was decided there, is not corrected past the case.",
            "Withdraw the decision, and decide in the case.",
        ),
        "still-in-care": ("The record says that the child is in care.", "Record first where the child went."),
        "in-care": ("This is about a young person in care.", "Look at the stays on record."),
        "sibling-is-known": ("A brother or sister is one whom registry knows.", "Record the family tie first."),
        "contact-plan": ("A plan of contact has an interval and a first day.", "Give both, or neither."),
        "placement-or-stay": ("A deviation is about one stay.", "Name the placement, or describe the stay; not both."),
        "rule-known": ("A deviation is from a rule of care.", "Choose the rule."),
        "rule-not-met": ("A deviation is from a rule that is not met.", "Nothing is needed: the rule is met."),
        "second-signature": (
            "A deviation is signed by two persons.",
            "Another person signs; where there is none, one from the next level up.",
        ),
        "look-again": ("A deviation is looked at again on a day, and not too late.", "Give the day."),
        "ends-ahead": ("What is set aside for a time ends on a day ahead.", "Propose it anew, with a day ahead."),
    }
)

CASES = table(
    {
        "act-of-the-case": (
            "A case decides on what it was asked for, or that the child goes home.",
            "Ask for a case of the kind that decides on it.",
        ),
        "assessed-first": ("Findings follow the assessment.", "Record the assessment first."),
        "case-status": (
            "A case goes on from step to step: request, screening, assessment, options, recommendation, decision.",
            "Take the step that comes next; the case says which.",
        ),
        "comes-back": ("What needs more comes back on a day.", "Give the day."),
        "communication-support": ("It is said how the child was helped to be understood.", "Say what helped."),
        "interpreter-language": ("With an interpreter goes the language.", "Say which, or leave it out without one."),
        "joined-with-open": ("A case is joined with one that is open.", "Choose an open case, or decide this alone."),
        "joined-with-sibling": (
            "A case is joined with the case of a brother or sister.",
            "Link the siblings in the register first.",
        ),
        "looked-once": ("A case of the sample is looked at again once.", "Nothing more is needed."),
        "not-before": ("Steps are in the order in which they happened.", "Check the days."),
        "one-open-case": ("A child has one open case of a kind.", "Go on with the case that is open."),
        "one-seat": ("A member sits once, and no more vote than sit there.", "Check the members and the votes."),
        "option-asked": (
            "Of each option it is said when it was asked, or why nobody was.",
            "Give the day, or the reason.",
        ),
        "options-considered": ("At least one option is considered.", "Record one, also where it did not fit."),
        "panel-has-recommended": ("A panel recommends once.", "Reconsider the case, if something is new."),
        "parents-notified": ("Parents are told on a day, or not told for a reason.", "Give the day or the reason."),
        "recommended-first": (
            "A case is decided after assessment, options and recommendation.",
            "Record these first.",
        ),
        "suspected-of-harm": ("Who is suspected of the harm does not agree for the child.", "Apply for an order."),
    },
    about="decision",
)

DECISIONS = table(
    {
        "appeal-is-open": ("An appeal is decided once.", "Look at the appeals on record."),
    },
    about="complaint",
) + table(
    {
        "agreement-status": ("An agreement of parents goes on step by step.", "Look at the agreement on record."),
        "order-body": ("An order is applied for to a body, and nothing else is.", "Name the body for an order alone."),
        "awaits-second-signature": ("Only what needs a second signature gets one.", "Nothing more is needed."),
        "care-form-of-outcome": ("A decision permits forms of care that go with its outcome.", "Choose other forms."),
        "decision-is-open": ("A decision that is over takes no more steps.", "Record a new decision."),
        "renews-an-earlier-one": (
            "A decision renews one that was made before it, and not one that renews it.",
            "Choose the decision whose time this one prolongs.",
        ),
        "decision-known": ("A decision is one about this child.", "Choose one of the child's decisions."),
        "in-writing": ("An oral order is confirmed in writing.", "Record the written order."),
        "not-carried-out-yet": ("A decision is carried out once.", "Nothing more is needed."),
        "oral-confirmed-in-time": (
            "An oral order is confirmed in writing within its time.",
            "Record the written order as a decision of its own.",
        ),
        "oral-from-the-beginning": (
            "A decision is oral from the beginning or not at all.",
            "Withdraw it, and record the oral order.",
        ),
        "order-to-answer": ("Only an order that asks for an answer gets one.", "Nothing more is needed."),
        "was-oral": ("Only an oral order is confirmed in writing.", "Nothing more is needed."),
        "guardianship-in-force": ("Only a guardianship in force is supervised.", "Look at the guardian in force."),
        "guardian-of-the-institution": (
            "The head of an institution who is guardian decides nothing that concerns the institution.",
            "Ask the guardianship body, or a guardian appointed for this matter.",
        ),
    },
    about="decision",
)

WAYS_HOME = table(
    {
        "after-return": ("This is about a child that is home full time.", "Record the return first."),
        "before-return": ("This is settled before the child returns.", "Look at the way home on record."),
        "follow-up-at-its-day": ("A visit is recorded from its day on.", "Wait for the day."),
        "follow-up-open": ("A visit after a return is recorded once, in order.", "Look at the visits on record."),
        "one-question": ("After twelve months one question is asked: still at home?", "Leave the others out."),
        "one-way-home": ("A child is on its way home once at a time.", "Go on with the way home that is open."),
        "reason-of-breakdown": ("Where a child is at home no more, it is said why.", "Say why, and only there."),
        "return-prepared": (
            "What must be settled before a child goes home is on record.",
            "State it in the preparation; where the child is at home already, record that it left, and where to.",
        ),
        "trial-at-home": ("A trial at home lasts no longer than the law says.", "Plan a shorter trial, or decide."),
    }
)

LEAVING = table(
    {
        "after-leaving": ("Aftercare follows leaving care.", "Record first that the young person left."),
        "entitlement-known": ("What is granted is granted by the law of the area.", "Choose what that law gives."),
        "exit-before-majority": (
            "Before coming of age nobody leaves care into an own life without a decision and without asking for it.",
            "Record the decision and the young person's own request; or wait until it is of age.",
        ),
        "money-has-a-currency": ("An amount has a currency.", "Choose it."),
        "outcome-at-its-day": ("What has become of somebody is recorded from its day on.", "Wait for the day."),
        "outcome-open": ("An outcome is recorded once.", "Look at what is on record."),
        "person-of-trust": ("A plan names a person of trust.", "Ask the young person whom it trusts."),
        "plan-first": ("A plan is looked at once there is one.", "Make the plan first."),
        "stay-after-majority": (
            "Someone of age stays in care by own consent and by decision.",
            "Ask the person, with the support it needs, and record the decision. Nobody else consents for it.",
        ),
    }
)

PLACES = table(
    {
        "ages-in-order": ("A place takes children from a younger to an older age.", "Give the younger age first."),
        "approval-validity": ("An approval lasts no longer than the law says.", "Give an earlier end."),
        "assessed-since": ("A family is assessed anew before it is approved anew.", "Assess the family."),
        "assessment-allows": ("A family is approved as its assessment allows.", "Refuse, or assess anew."),
        "carer-named": ("A family has a carer.", "Name one."),
        "children-not-negative": ("A family has no children or some.", "Write 0, or how many."),
        "family-approved-in-its-course": (
            "A carer family applies, is assessed and trained, and is approved by somebody else than its assessor.",
            "Let the family apply, under the id of its provider.",
        ),
        "family-size": ("With its own children a family cares for no more than the law says.", "Approve fewer places."),
        "hours-positive": ("A course has an hour at least.", "Give its hours."),
        "no-gap": ("An approval begins by today, or as the former ends.", "Give an earlier first day."),
        "places-not-negative": ("A provider has no places or some.", "Write 0, or how many."),
        "places-of-units": ("The places of all houses are those of the whole.", "Check the sum."),
        "places-positive": ("An approval is for one child at least.", "Give the places, or refuse the approval."),
        "training-hours": ("Carers have had the training that the law asks for.", "Record the courses."),
        "units-told-apart": ("Houses and groups have different names.", "Give each its own."),
        "family_self_description": (
            "Of a carer family only what the country pack permits is recorded.",
            "Leave the field out.",
        ),
    }
)

ALARMS = table(
    {
        "differs-from-recorded": ("A register says the same twice.", "Correct the record, if the register is right."),
        "ends-later": ("A duty that is over is not ended later.", "Record a new duty."),
        "from-before-to": ("A duty ends after it begins.", "Check both moments."),
        "not-acknowledged-yet": ("An alarm is acknowledged once.", "Nothing more is needed."),
        "plan-is-whole": ("A plan for imported stays ends with all of them.", "Let the last step be 100 percent."),
        "plan-rises": ("Days and shares of a plan rise, from a day ahead.", "Order the steps."),
        "state": ("A notice or an alarm goes on step by step.", "Look at where it is."),
    }
)

ABOUT = {
    "decision": "decision", "decisions": "decision", "decisions_checks": "decision", "gatekeeping_panel": "decision",
    "guardianship": "rights", "exemptions": "decision",
}  # fmt: skip
"""What the refusals of these modules are about."""


def of_care(rule: Rule) -> RuleWords:
    """A rule of care in its own words."""
    meaning = OWN_PAPERS.sub("", " ".join((rule.judge.__doc__ or "").split()))
    deciding = When.DECIDING in rule.when or rule.tier is Tier.COURT_ORDER
    about = "consent" if rule.id == CONSENT else "decision" if deciding else ""
    return RuleWords(rule.id, rule.title, meaning, rule.source, rule.satisfied_by, about, care=True)


WORDS: tuple[RuleWords, ...] = (
    *(of_care(rule) for rule in RULES.values()),
    *STAYS, *CASES, *DECISIONS, *WAYS_HOME, *LEAVING, *PLACES, *ALARMS,
)  # fmt: skip
"""Placements' own, the rules of care first."""
