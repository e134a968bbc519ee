"""The same records through splink 5 (MIT), set up as its own tutorial and its example of historical persons propose.

Default comparisons with term frequencies, many strict blocking rules, u from random pairs, m by expectation
maximisation; no truth is told to it, as in its examples. A birth known by its year or month stands as the first day of
it, as registers without spans have it. Not here: what Kinward makes of them (measuring).
"""

import logging
from collections.abc import Sequence

import pyarrow
import splink.comparison_library as comparisons
from anyascii import anyascii
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.same_child.records import Record

FORMS = ("as_written", "anyascii")
HALF = 0.5
BLOCKING = (
    ("substr(first_name,1,3)", "substr(surname,1,4)"), ("surname", "dob"), ("first_name", "dob"),
    ("patronymic", "dob"), ("area", "first_name"), ("area", "surname"), ("dob", "area"),
    ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
)  # fmt: skip


def measured(records: Sequence[Record], form: str) -> dict[str, float]:
    """Precision and recall where splink says one half, and at the threshold best for it (which no user knows)."""
    linker = _trained(records, form)
    table = linker.inference.predict(threshold_match_probability=0.001).as_duckdbpyrelation()
    rows = table.project("unique_id_l, unique_id_r, match_probability").fetchall()
    person = {record.number: record.person for record in records}
    scored = sorted(((chance, person[one] == person[two]) for one, two, chance in rows), reverse=True)
    whole = sum(record.number != record.person for record in records)
    best, shown, right, found = (0.0, 0.0, 0.0), 0, 0, {"precision": 1.0, "recall": 0.0}
    for chance, same in scored:
        shown, right = shown + 1, right + same
        f1 = 2 * right / (shown + whole)
        best = max(best, (f1, right / shown, right / whole))
        if chance >= HALF:
            found = {"precision": right / shown, "recall": right / whole}
    found |= {"best_precision": best[1], "best_recall": best[2]}
    return {key: round(value, 4) for key, value in found.items()}


def _trained(records: Sequence[Record], form: str) -> Linker:
    logging.disable(logging.WARNING)  # splink tells each step
    api = DuckDBAPI()
    linker = Linker(api.register(pyarrow.Table.from_pylist([_row(record, form) for record in records])), _settings())
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("dob", "area", "patronymic")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    return linker


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKING],
        comparisons=[
            comparisons.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
            ),
            comparisons.NameComparison("patronymic"),
            comparisons.DateOfBirthComparison("dob", input_is_string=True),
            comparisons.ExactMatch("area").configure(term_frequency_adjustments=True),
            comparisons.ExactMatch("sex"),
        ],
    )


def _row(record: Record, form: str) -> dict[str, str | int | None]:
    family, given, patronymic, father = (
        anyascii(part).lower() if form == "anyascii" else part for part in record.name.parts
    )
    born = record.birth.born_from
    return {
        "unique_id": record.number,
        "first_name": given or None,
        "surname": family or None,
        "first_name_surname_concat": f"{given} {family}" if given and family else None,
        "patronymic": f"{patronymic} {father}".strip() or None,
        "dob": born.isoformat() if born else None,
        "area": record.area,
        "sex": record.sex if record.sex != "U" else None,
    }
