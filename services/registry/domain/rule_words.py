"""What registry's rules of recording ask, in words, by the id that a refusal names. Not here: the rules themselves."""

from services.registry.domain.sealing_erasure import words_of_rules
from shared.rule_words import RuleWords, table

CHECK_DAY = "Check the day, or correct the day of birth."

CHILDREN = table(
    {
        "after-birth": ("Nothing happens in a life before its birth.", CHECK_DAY),
        "before-death": ("Nobody dies before birth.", CHECK_DAY),
        "age-band": ("The questions on functioning are those for the child's age.", "Take the questions for its age."),
        "answer-of-scale": ("An answer is one of the scale's.", "Choose one of the answers."),
        "answers-given": ("An assessment answers at least one domain.", "Answer one."),
        "domain-of-band": ("Only domains that are asked at this age are answered.", "Leave the others out."),
        "domain-once": ("A domain is answered once.", "Leave the second answer out."),
        "birth-date": (
            "A day of birth is written as precisely as it is known.",
            "Leave out the day, or day and month, where they are not known.",
        ),
        "birth-precision": ("What is called a day is one day.", "Give a span where the day is not known."),
        "birth-too-early": ("A birth lies within the time that records reach back.", "Check the year."),
        "death-on-record": ("Only a death on record is taken back.", "Look at the record again."),
        "death-span": ("A span of death begins before it ends.", "Give the earlier day first."),
        "found-span": ("A child was found in a span that begins before it ends.", "Give the earlier day first."),
        "identifier-once": ("A number is given once.", "Leave the second one out."),
        "identifier-empty": ("A number has at least one character.", "Write it, or leave the row out."),
        "identifier-length": ("A number is no longer than numbers are.", "Check it with the paper."),
        "identifier-characters": ("A number has no characters that nobody sees.", "Type it instead of copying it."),
        "identifier-format": ("A number is built as numbers of its kind are.", "Check the number, and its kind."),
        "identifier-check": (
            "The check digit of a number proves the others.",
            "Read the number again, digit by digit.",
        ),
        "text-length": ("A text is no longer than its field takes.", "Write it shorter."),
        "text-characters": ("A text has no characters that nobody sees.", "Type it instead of copying it."),
        "address-characters": ("An address has no characters that nobody sees.", "Type it instead of copying it."),
        "address-length": ("An address is no longer than its field takes.", "Write it shorter."),
        "language-once": ("A language is given once.", "Leave the second one out."),
        "nationality-of-states": (
            "A nationality names a state; who is stateless, or of whom it is not known, has none.",
            "Name the states, or say why there is none.",
        ),
        "state-once": ("A state is given once.", "Leave the second one out."),
        "new-record": ("A sealed record's successor is a new record of the same person.", "Name the new record."),
        "open-record": ("A record that is closed takes no relationship.", "Work on the record that stands for it."),
        "record-is-active": ("Only a record in use takes something new.", "Work on the record that stands for it."),
        "child-active": ("Only a record in use takes an alert.", "Work on the record that stands for it."),
    }
)

NAMES = table(
    {
        "name-empty": ("A name has at least one part.", "Leave the name out where the child has none."),
        "name-once": ("The same name is given once.", "Leave the second one out."),
        "name-length": ("A part of a name is no longer than names are.", "Check the name."),
        "name-zero-width": ("A name has no characters without width.", "Type the name instead of copying it."),
        "name-bidirectional": ("A name does not turn the direction of writing.", "Type the name again."),
        "name-control": ("A name has no control characters.", "Type the name again."),
        "name-digits": ("A name has no digits.", "Leave them out; a number has a field of its own."),
        "name-characters": (
            "A name has letters, hyphens, apostrophes, spaces and the dots of initials.",
            "Leave other signs out.",
        ),
        "name-letters": ("A part of a name has letters.", "Leave empty what is not known."),
        "name-mixed-scripts": (
            "A name is written in letters of one script: some look alike and are not the same.",
            "Type it again in one script.",
        ),
        "name-script": ("A name is written in the script that it says.", "Choose the script in which it is written."),
        "name-marks": ("Marks stand on a letter, at most three of them.", "Type the name again."),
    }
)

FAMILIES = table(
    {
        "deceased": ("Who has a day of death is deceased.", "Say both, or neither."),
        "ends-after-beginning": ("What binds people does not end before it began.", "Check both days."),
        "member-once": ("Someone is a member of a household once at a time.", "Look at the members that it has."),
        "in-the-future": ("The day of the next look lies ahead.", "Give a day from tomorrow on."),
        "review-date": ("What may change is looked at again on a day.", "Give the day."),
        "no-circle": ("Nobody descends from the own child.", "Check who is the parent and who the child."),
        "not-oneself": ("Nobody is related to themselves.", "Choose the other person."),
        "not-siblings": (
            "Two records that somebody declared brother and sister are not one child.",
            "Unlink them first, if that was an error.",
        ),
        "one-at-a-time": ("A child has one mother and one father of birth.", "Withdraw the wrong one first."),
        "parent-before-child": ("A parent is born before the child.", "Check both days of birth."),
        "recorded-once": ("The same is recorded once.", "Look at what is on record."),
        "sibling-by-descent": (
            "Who has a parent in common is a sibling: that is not taken back by itself.",
            "Withdraw the relationship to the parent that is wrong.",
        ),
        "transition": ("A relationship that is over does not begin again.", "Record a new one."),
    }
)

PAPERS = table(
    {
        "attachment-kept": ("What was withdrawn is gone.", "Add the file anew."),
        "attachment-of-child": ("A paper names a file of the same child.", "Choose one of its files, or add one."),
        "document-held": ("Only a paper that is there has a number, a day, a file.", "Say that it is there."),
        "one-open-work": ("The same paper is being obtained once at a time.", "Go on with the work that is open."),
        "photo-is-a-picture": ("A photograph is a picture.", "Choose a picture."),
        "photo-of-child": ("A search shows a photograph of the child that may be used.", "Choose one of the child's."),
        "work-open": ("Work that has ended takes no more steps.", "Open new work."),
        "work-status": ("Work goes on step by step.", "Take the step that comes next."),
    }
)

SEARCHES = table(
    {
        "alert-found": (
            "Only who was found is handed over, or found no more.",
            "Record first that the child was found.",
        ),
        "alert-open": ("A search that is over takes no more steps.", "Raise a new alert."),
        "alert-stage": ("A search goes on step by step.", "Take the step that comes next."),
        "broadcast-empty": ("A broadcast shows a photograph or says the clothing.", "Give one of them."),
        "broadcast-while-open": ("Nothing is broadcast of who is not looked for.", "Raise an alert first."),
        "handover-once": ("A child is handed over once.", "Look at what is on record."),
        "not-safe-to-hand-back": (
            "A child is not handed back where it is not safe.",
            "Hand it over to somebody else, or assess again.",
        ),
        "one-open-alert": ("A child is looked for by one alert at a time.", "Go on with the alert that is open."),
        "safety-assessment-first": (
            "Before a found child is handed over somebody has assessed whether it is safe there.",
            "Give the day, who assessed, the result, and which care was offered.",
        ),
        "step-once": ("A step is recorded once.", "Look at what is on record."),
    }
)

MATCHING = table(
    {
        "both-open": ("Two records in use are made one.", "Look at what became of the other record."),
        "compared-once": ("A record is compared once.", "Leave the second one out."),
        "compared-with-those-in-force": ("Weights compare with those in force.", "Propose the weights anew."),
        "enough-decisions": ("Weights are estimated from enough decided pairs.", "Decide more pairs of the list."),
        "identity-field": ("What is taken over is a field of an identity.", "Choose one of the fields."),
        "kept-open": ("A merge is undone while the record that stayed takes changes.", "Look at what became of it."),
        "merge-standing": ("A merge is undone once.", "Nothing more is needed."),
        "no-chains": (
            "A record into which another was merged gives way to none.",
            "Let this record stay, or undo that merge first.",
        ),
        "numbers-alone": ("Weights are numbers under matching's own words.", "Send the weights as they were given."),
        "one-death": (
            "A death on record is not lost by a merge.",
            "Record the death on the record that stays, or let the other one stay.",
        ),
        "one-run-a-kind": ("One run of a kind goes on at a time.", "Let it go on, or stop it."),
        "record-is-merged": ("Only a merged record has a merge to undo.", "Look at the record again."),
        "record-merged": ("A record that gave way is read and changed where it went.", "Read the record that stays."),
        "run-transitions": ("A run that is over does not go on.", "Start a new one."),
        "same-child-decided": (
            "Before a child is registered, somebody has looked whether it is registered already.",
            "Go on with the record that there is, or say of each candidate that it is another child or that you "
            "cannot tell.",
        ),
        "set-open": ("A set of weights is decided once.", "Propose new ones."),
        "two-records": ("Two different records are made one.", "Choose the other record."),
    }
)

RIGHTS = table(
    {
        "appeal-is-running": ("Only an appeal that is running is answered.", "Look at the appeals on record."),
        "one-appeal-at-a-time": ("One appeal against a measure runs at a time.", "Record its answer first."),
        "lodged-before-decided": ("An appeal is decided after it was lodged.", "Check both days."),
    },
    about="complaint",
) + table(
    {
        "cause-of-loss": ("The loss of parental care has a cause.", "Name the cause."),
        "guardian-in-force": ("Only a guardian in force reports.", "Look at the guardian in force."),
        "holder-is-known": ("Rights and duties have a holder who is known.", "Name the person."),
        "holder-of-something": ("Who holds, holds something.", "Say what."),
        "institution-of-its-head": (
            "The institution is named for its head who is guardian, and for nobody else.",
            "Name the institution, or leave it out.",
        ),
        "one-guardian-or-joint": (
            "A child has one guardian, or several who hold it jointly.",
            "Name the measure that it replaces, or say that they hold it jointly.",
        ),
        "own-institution": (
            "Who heads the institution cannot consent in its matters.",
            "Ask another representative, or the guardianship body.",
        ),
        "person-is-known": ("It is known whose rights are limited, or who is suspected.", "Name the person."),
        "same-effect": ("A correction keeps what the measure does.", "Withdraw it, and record the other measure."),
        "same-standing": ("A correction keeps what followed from the measure.", "Record a new measure."),
    },
    about="rights",
)

CONSENTS = table(
    {
        "age": ("A child consents from the age of the law on.", "Ask the representative, and hear the child."),
        "child-is-the-giver": ("The child who consents is not named a second time.", "Leave the person out."),
        "fit-to-consent": (
            "Who is suspected of the harm, or without parental rights, does not consent.",
            "Ask another representative, or the guardianship body.",
        ),
        "given-before-withdrawn": ("A consent is withdrawn after it was given.", "Check both days."),
        "giver-of-consent": ("A consent has a giver; another ground has none.", "Name the giver, or leave it out."),
        "ground-has-a-basis": ("What is not a consent rests on a law or an order.", "Say on which."),
        "ground-is-legal-duty": (
            "What the law orders is not asked for.",
            "Record the legal duty with its law, and tell the family why.",
        ),
        "representative": ("Who consents for a child represents it on that day.", "Ask the representative on record."),
    },
    about="consent",
)

GUARDING = table(
    {
        "two-persons-told": (
            "A record is opened in an emergency where two persons can be told at once, one of another office.",
            "Have the list watch_roster of the country pack completed; call the duty officer meanwhile.",
        ),
        "breach-open": ("A breach of data is decided once.", "Read the decision that there is."),
        "decree-given": ("A seal rests on a decree.", "Name the decree."),
        "erasure-open": ("A request to erase is decided once, and one at a time.", "Read the request that there is."),
        "ground-of-level": ("A seal is opened for a ground that its level knows.", "Choose such a ground."),
        "level-open": ("Where the law keeps adoptions open, nothing is sealed.", "Close the file."),
        "minutes-over": ("What was opened is open for some minutes.", "Ask anew."),
        "opened-for": ("A sealed record is open to whom it was opened for.", "Ask for an opening."),
        "opening-open": ("A request to open is decided once.", "Read the decision that there is."),
        "seal-open": ("A seal is asked for once, and decided once.", "Read the request that there is."),
        "sealed-before": ("Only a sealed record is opened, or unsealed.", "Look at the record again."),
        "task-open": ("A task is done once.", "Nothing more is needed."),
    }
)

ABOUT = {"legal": "rights", "legal_file": "rights", "legal_consents": "consent"}
"""What the refusals of these modules are about."""

WORDS: tuple[RuleWords, ...] = (
    *CHILDREN, *NAMES, *FAMILIES, *PAPERS, *SEARCHES, *MATCHING, *RIGHTS, *CONSENTS, *GUARDING, *words_of_rules(),
)  # fmt: skip
"""Registry's own."""
