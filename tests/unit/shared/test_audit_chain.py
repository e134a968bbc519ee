"""The bytes that stand for an audit row: no two rows share them, and what is stored has those of what was given."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import audit_chain

AT = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
ROW = {
    "id": UUID(int=1),
    "at": AT,
    "actor": "clerk",
    "roles": ("clerk", "lifter"),
    "action": "PostParcel",
    "subject": UUID(int=2),
    "outcome": "done",
    "request_id": None,
    "correlation_id": UUID(int=3),
    "detail": {"count": 1},
}
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
IDS = st.uuids()
ROWS = st.fixed_dictionaries(
    {
        "id": IDS,
        "at": st.datetimes(timezones=st.just(UTC)),
        "actor": WORDS,
        "roles": st.lists(WORDS, max_size=3).map(tuple),
        "action": WORDS,
        "subject": st.none() | IDS,
        "outcome": WORDS,
        "request_id": st.none() | WORDS,
        "correlation_id": IDS,
        "detail": st.dictionaries(WORDS, VALUES, max_size=3),
    }
)


def stored(row):
    """As PostgreSQL gives it back."""
    ids = {name: None if row[name] is None else str(row[name]) for name in ("id", "subject", "correlation_id")}
    at = (row["at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return row | ids | {"at": at, "roles": list(row["roles"]), "detail": json.dumps(row["detail"], indent=1)}


def told(value):
    """In words: True and 1 are equal to Python, and not the same."""
    return json.dumps(value, default=str, sort_keys=True)


@settings(deadline=None)
@given(ROWS, ROWS)
def test_two_rows_share_their_bytes_only_if_they_are_one(one, other):
    assert (audit_chain.digest(one) == audit_chain.digest(other)) == (told(one) == told(other))


@settings(deadline=None)
@given(ROWS, st.data())
def test_a_row_with_another_value_in_one_column_has_other_bytes(row, data):
    column = data.draw(st.sampled_from(audit_chain.COLUMNS))
    value = data.draw(ROWS)[column]
    changed = row | {column: value}
    assert (audit_chain.digest(row) == audit_chain.digest(changed)) == (told(row[column]) == told(value))


@settings(deadline=None)
@given(ROWS)
def test_a_stored_row_has_the_bytes_of_the_row_that_was_given(row):
    assert audit_chain.stored_digest(stored(row)) == audit_chain.digest(row)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_what_stands_in_one_column_is_never_taken_for_another(one, other):
    plain = audit_chain.digest(ROW | {"actor": one, "action": other})
    assert (plain == audit_chain.digest(ROW | {"actor": one + other, "action": ""})) == (other == "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "1.0"), ("1.0", "1.00"), ("0.1", "0.1000000000000000055"), ("1", '"1"'), ("null", '"null"'),
        ("true", "1"), ("[]", "{}"), ("[1, 2]", "[2, 1]"), ('{"a": 1}', '{"a": [1]}'), ("1.5", '"1.5"'),
        ("1" * 5000, "1" * 5001), ("[" * 9000 + "]" * 9000, "[" * 9001 + "]" * 9001), ("{}", None),
    ],
)  # fmt: skip
def test_details_that_differ_only_in_kind_or_spelling_are_told_apart(one, other):
    digests = {audit_chain.stored_digest(stored(ROW) | {"detail": text}) for text in (one, other)}
    assert len(digests) == 2


@pytest.mark.parametrize("number", [0.5, 1e22, float("nan")])
def test_a_number_that_would_not_be_stored_as_given_is_refused(number):
    with pytest.raises(TypeError, match="whole"):
        audit_chain.digest(ROW | {"detail": {"share": number}})


def test_the_form_is_what_it_was_when_rows_were_chained_by_it():
    """Whoever changes this breaks the chain of every deployment."""
    digest = audit_chain.digest(ROW)
    assert digest.hex() == "c367f63fb7f7dc8ea556dc1d9a78979e066ab557852a412e17d0515b5b7d73a0"
    assert audit_chain.link(audit_chain.BEGINNING, 1, digest).hex() == (
        "e4a8ebb72b0e532e66a44abe73f2758ce849fd58ce3d73f0d66fc9dce12ee1bc"
    )
