"""The rules of a register file, each with what heals it: data, listed in docs/register-file.md."""

from collections.abc import Mapping

OF_A_FILE: Mapping[str, str] = {
    "line-length": "Shorten the line; a line holds one care episode and has at most 65,536 bytes.",
    "not-utf-8": "Save the file as UTF-8; this line holds bytes of another encoding.",
    "not-in-encoding": "Save the file in the encoding that the mapping names; this line holds bytes of another.",
    "csv-form": "Close the quotation mark on the same line and double a quotation mark inside a quoted cell.",
    "number-of-cells": "Give the line one cell for each column of the header; quote a cell that holds a comma.",
    "formula-cell": "Copy the column and paste it as values: a formula may show something else on each day.",
    "error-cell": "Put the cell right: it shows an error of the spreadsheet program, or an hour without a day.",
    "merged-cell": "Split the merged cells and write the value in each row to which it belongs.",
    "number-lost-digits": "Write the number as text: a spreadsheet keeps 15 digits of a number and loses the rest.",
}
"""What spoils a line or a cell before anything is known of its meaning."""

OF_A_MAPPING: Mapping[str, str] = {
    "mapping-value-known": "Add the value to the mapping's codes of this column, or put the cell right.",
    "mapping-date-form": "Write the date in a form that the mapping names for this column, as a day of the calendar.",
    "two-digit-year": "Write the year with four digits: with two nobody can tell the century.",
    "name-parts": "Write the parts of the name in the mapping's order, or list there the words that belong together.",
    "script-undetected": "Write the name in letters of one script, or name the script in the mapping.",
    "whole-number": "Write the number without a fraction, as digits.",
}
"""What a mapping of another register cannot bring into our columns."""

OF_A_LINE: Mapping[str, str] = {
    "unprintable-character": "Remove control characters, line breaks, direction marks and lost letters from the cell.",
    "invisible-character": "Type the cell anew: it holds characters that nobody sees, such as a space of no width.",
    "cell-length": "Shorten the cell: at most 200 characters, keys and codes at most 100.",
    "child-key-required": "Give the key under which the register knows the child.",
    "script-required": "Name the script of the names; it may be empty only for a child without any name.",
    "script-known": "Use a code of the pack's list `script`.",
    "sex-known": "Use a code of the pack's list `sex`: F, M, or U where it is not known.",
    "birth-precision-known": "Use day, month or year.",
    "birth-date-form": "Write the birth date as YYYY-MM-DD for precision day, YYYY-MM for month, YYYY for year.",
    "birth-in-future": "Check the birth date: it is later than today.",
    "birth-before-1900": "Check the birth date: it is before the year 1900.",
    "area-known": "Use the code of an area of the pack that existed on the day in `from`.",
    "care-form-known": "Use a code of the pack's list `care_form`.",
    "place-or-carer-required": "Give `provider_key`, or `carer_relation` where the carer is not in the register.",
    "provider-required": "Give the key of the institution: residential care has a provider.",
    "provider-name-needs-key": "Give `provider_key` too: a provider is told apart by its key, not its name.",
    "from-date-form": "Give the first day of the stay as YYYY-MM-DD.",
    "from-in-future": "Check the day: a register holds stays that have begun, this one begins later than today.",
    "from-before-birth": "Check both dates: the stay begins before the child was born.",
    "entry-reason-known": "Use a code of the pack's list `entry_reason`, or leave the cell empty.",
    "to-date-form": "Give the day of leaving as YYYY-MM-DD, or leave the cell empty while the stay goes on.",
    "to-in-future": "Leave `to` and `exit_destination` empty until the child has left.",
    "ends-before-it-begins": "Check both dates: `to` is earlier than `from`.",
    "exit-destination-with-to": "Give `to` and `exit_destination` together, or neither while the stay goes on.",
    "exit-destination-known": "Use a code of the pack's list `exit_destination`.",
    "centre-with-worker": "Give `centre_key` and `worker_key` together, or leave both empty.",
    "carer-relation-known": "Use a code of the pack's list `carer_relation`, or leave the cell empty.",
    "same-child-same-identity": "Write names, sex and birth as in the child's first line, or use another key.",
    "duplicate-line": "Remove the line: child, care form, provider and first day are those of an earlier line.",
}
"""What a line must hold."""

OF_NAMES: Mapping[str, str] = {
    "name-length": "Shorten this part of the name: at most 200 characters.",
    "name-zero-width": "Type the name anew: it holds a character that nobody sees.",
    "name-bidirectional": "Type the name anew: it holds a mark that turns the direction of writing.",
    "name-control": "Type the name anew: it holds a control character.",
    "name-digits": "Take the digits out of the name.",
    "name-characters": "Write names in letters, hyphens, apostrophes, blanks and the dots of initials.",
    "name-letters": "Leave the cell empty where the name is not known.",
    "name-mixed-scripts": "Write each part of a name in letters of one script: others only look the same.",
    "name-script": "Name the script in which the name is written, or put its letters right.",
    "name-marks": "Type the name anew: marks stand on no letter, or too many on one.",
}
"""How a name is written."""

OF_FURTHER_COLUMNS: Mapping[str, str] = {
    "code-known": "Use a code of the pack's list for this column, or leave the cell empty.",
    "area-ever-known": "Use the code of an area of the pack, or leave the cell empty.",
    "script-2-required": "Name in `script_2` the script of the second name, one other than that in `script`.",
    "civil-number-with-status": "Give `civil_registration` with the number of the birth record.",
    "identifier-kind-known": "Use a code of the pack's list `identifier_kind`; the register's own key is `child_key`.",
    "identifier-empty": "Give the number, or leave its cells empty.",
    "identifier-length": "Shorten the number: at most 100 characters.",
    "identifier-characters": "Type the number anew: it holds a character that nobody sees.",
    "identifier-format": "Check the number: it is not built as the pack says that numbers of this kind are.",
    "identifier-check": "Check the number: its check digit does not fit, a digit is wrong or two are swapped.",
    "nationality-known": "Name states by the list `state`, each once; or STATELESS, UNDER_DETERMINATION, UNKNOWN.",
    "languages-known": "Name languages by the list `language`, each once, with blanks between.",
    "disability-known": "Use yes, no, or leave the cell empty where it is not recorded.",
    "found-on-form": "Give the day on which the child was found as YYYY-MM-DD; YYYY-MM or YYYY where no more is known.",
    "found-area-required": "Give the area where the child was found, with the day.",
}
"""What the columns must hold that a register may leave out."""

REMEDIES: Mapping[str, str] = {**OF_A_FILE, **OF_A_MAPPING, **OF_A_LINE, **OF_NAMES, **OF_FURTHER_COLUMNS}
