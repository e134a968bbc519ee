"""What reporting's rules ask, in words, by the id that a refusal or a finding names. Not here: the rules themselves."""

from services.reporting.domain.rebuilds import FLAWS
from shared.rule_words import RuleWords, table

RETURNS = table(
    {
        "known-indicator": ("An indicator is one that this deployment computes.", "Choose one of the list."),
        "period-is-a-year": ("A period is a year.", "Write it as 2026."),
        "day-in-period": ("The day on which is counted lies in the period.", "Choose a day of the period."),
        "signing-key": (
            "What a deployment signs is signed with its own key.",
            "Ask who runs the deployment: kinward trust show-key",
        ),
        "note-length": ("A note has some words, and not too many.", "Write it shorter."),
    }
)

COUNTING = table(
    {
        "F2": ("A stay ends after it starts; another one is not counted.", "Correct the days of the stay."),
        "F5": ("A stay is counted where its form of care is on the list.", "Correct the form of care."),
        "F6": ("A child is in one place a night.", "End or correct one of the two stays."),
        "F15": (
            "Kinship care is told from other family care by who the carer is.",
            "Record how the carer is related to the child.",
        ),
        "F20": ("Nobody is in care after death.", "Correct the day of death, or of the stay."),
        "F21": (
            "Where more of the children than a set share have no known age, sex or disability, a note says why the "
            "figures hold.",
            "Complete the records, or write the note.",
        ),
        "F26": ("An area that is not valid in the period counts in totals alone.", "Correct the area."),
        "F28": ("A stay counts once its child is known.", "Wait until the record of the child has arrived."),
    }
)

FLAWED = tuple(
    RuleWords(code, flaw.text, remedy=f"Ask who runs the deployment: {flaw.remedy}") for code, flaw in FLAWS.items()
)

WORDS: tuple[RuleWords, ...] = (*RETURNS, *COUNTING, *FLAWED)
"""Reporting's own."""
