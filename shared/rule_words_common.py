"""The rules that every service asks, in words: the form of a request, days, versions, files. Not here: rules of one."""

from shared.rule_words import RuleWords, table

OF_FORMS = table(
    {
        "required": ("What cannot be left out is given.", "Fill in the field."),
        "null": ("What cannot be empty is given.", "Fill in the field."),
        "unknown": ("Only fields that are known here are sent.", "Leave the field out; look at the API's document."),
        "form": (
            "A field holds what belongs into it: a day, a number, a choice of its list.",
            "Write it as asked for.",
        ),
        "code": ("A code stands in its list of the country pack.", "Choose from the list."),
        "area": ("An area stands in the list of areas of the country pack.", "Choose an area from the list."),
        "uuid": ("An id is written as it was given out.", "Take the id from the record."),
        "date": ("A day is a day of the calendar.", "Write it as year, month, day."),
        "year-month": ("A month is written as year and month.", "Write it as 2026-03."),
        "one-of": ("One of the words that are offered.", "Choose one of them."),
        "flag": ("Yes or no.", "Choose one."),
        "list": ("Several values stand in a list.", "Send them as a list."),
        "whole-number": ("A whole number.", "Leave out fractions, letters and signs."),
        "reference-form": (
            "A reference is two letters, a number and a check character, such as CH-0001234-K.",
            "Copy it from the record or from the paper.",
        ),
        "reference-check": (
            "The last character of a reference proves the others.",
            "Read the reference again, character by character.",
        ),
        "stale-version": (
            "Nobody overwrites what they have not seen.",
            "Compare what you typed with what is stored now, and decide anew.",
        ),
        "lost-race": ("Of two changes at the same moment, the first counts.", "Read the record again, and repeat."),
        "if-match-missing": (
            "A change names the version that was read.",
            "Open the page anew and send the form again.",
        ),
        "if-match-form": ("A version is sent as it was read.", "Open the page anew and send the form again."),
        "if-match-weak": (
            "A version that only looks alike is not taken.",
            "Open the page anew and send the form again.",
        ),
        "idempotency-key-missing": (
            "What is to be done once carries a key of its own.",
            "Send a new key for each thing you want done.",
        ),
        "idempotency-key-form": ("A key has 8 to 128 plain characters.", "Send a new UUID."),
        "idempotency-key-reused": ("A key stands for one request.", "Open the form anew, so that it gets a new key."),
        "idempotency-key-in-use": ("The same request is not done twice at once.", "Wait a moment, then look again."),
        "cursor": ("A list goes on where it stopped.", "Begin the list anew."),
        "body-limit": ("A request has a largest size.", "Send less at once."),
        "media-type": ("A request is of the kind that its address takes.", "Look at the API's document."),
        "permission": (
            "Each act needs a permission that one of your roles grants.",
            "Ask somebody whose role may do it, or ask your administrator for the role.",
        ),
        "no-permission-declared": (
            "An address that names no permission is closed.",
            "Report it: it is a fault of ours.",
        ),
        "token-form": ("Who asks shows a token.", "Sign in again."),
        "token-invalid": ("A token is of this deployment and unchanged.", "Sign in again."),
        "token-expired": ("A token is good for a short time.", "Sign in again."),
        "document-program": (
            "Printed documents need programs and fonts on the server.",
            "Ask who runs the deployment; the page itself can be printed.",
        ),
        "document-time": ("A printed document is made within a set time.", "Try again, or print the page itself."),
    }
)

OF_DAYS = table(
    {
        "not-in-the-future": ("What is recorded as having happened lies not in the future.", "Give a day up to today."),
        "not-in-the-past": ("What is still to come lies not in the past.", "Give a day from today on."),
        "ends-before-it-begins": ("What ends has begun before.", "Check both days: the end is not the earlier one."),
        "birth-span": (
            "A span of birth has two ends, the earlier one first.",
            "Give both ends, or the day itself where it is known.",
        ),
        "reason-given": ("What is done or refused here has a reason on record.", "Write the reason."),
        "two-persons": (
            "What takes two persons takes two: who asked or decided first is not the second.",
            "Let another person decide or sign.",
        ),
        "decided-once": ("What was decided is not decided a second time.", "Read the decision that there is."),
        "withdrawn-once": ("What was withdrawn is not withdrawn a second time.", "Nothing more is needed."),
        "age-range": (
            "An age is a range from the younger to the older, with the day on which it was judged.",
            "Give all three, the younger age first.",
        ),
        "identifier-free": (
            "A number belongs to one person.",
            "Read the number again; if it is right, look at the record that carries it: it may be the same person.",
        ),
    }
)

OF_FILES = table(
    {
        "file-empty": ("A file holds something.", "Choose the file again."),
        "file-size": ("A file has a largest size.", "Make it smaller, or send it in parts."),
        "file-type": ("A file is a picture or a PDF by its content.", "Scan it, or save it as PDF."),
        "file-type-declared": ("A file is what its name says.", "Save it again under the right kind."),
        "file-damaged": ("A file can be read to its end.", "Scan or save it again."),
        "picture-pixels": ("A picture has no more pixels than can be read.", "Make it smaller."),
        "pdf-encrypted": ("A document opens without a password.", "Save it without protection."),
        "pdf-pages": ("A document has a largest number of pages.", "Send it in parts."),
        "file-too-heavy": ("A file can be read in a short time.", "Print it to a new PDF, or take a picture."),
    }
)

COMMON: tuple[RuleWords, ...] = (*OF_FORMS, *OF_DAYS, *OF_FILES)
"""What every service serves beside its own."""
