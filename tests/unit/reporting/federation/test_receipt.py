"""The hub's receipt: the sender believes only the hub's key, and only for the bundle it sent."""

from dataclasses import replace

import pytest

from services.reporting.federation import documents, merkle, receipt, signature
from services.reporting.federation.judge import Outcome
from services.reporting.federation.receipt import Receipt, ReceiptRefused
from services.reporting.federation.signature import SignatureRefused
from tests.unit.reporting.federation import given

BUNDLE = "ab" * 32
LEAF = receipt.leaf(BUNDLE, Outcome.ACCEPTED, 1)
GIVEN = Receipt(BUNDLE, Outcome.ACCEPTED, 1, 0, 1, merkle.root([LEAF]).hex(), 2)


def signed_as(payload: object, by: str = "unicef", typ: str = signature.RECEIPT) -> bytes:
    return documents.canonical(signature.sign(documents.canonical(payload), given.key(by), typ))


def test_a_receipt_reads_back_as_the_hub_gave_it():
    raw = receipt.sign(GIVEN, given.key("unicef"))
    assert receipt.verify(raw, given.key("unicef"), BUNDLE) == GIVEN
    assert receipt.sign(GIVEN, given.key("unicef")) == raw


def test_the_leaf_it_names_is_in_the_tree_it_names():
    assert merkle.verify_inclusion(LEAF, GIVEN.merkle_index, GIVEN.tree_size, [], bytes.fromhex(GIVEN.root))


def test_another_key_s_receipt_is_refused():
    with pytest.raises(SignatureRefused, match="another key"):
        receipt.verify(receipt.sign(GIVEN, given.key("kz")), given.key("unicef"), BUNDLE)


def test_a_changed_receipt_is_refused():
    document = documents.parse(receipt.sign(replace(GIVEN, verdict=Outcome.FORK), given.key("unicef")), "receipt")
    honest = documents.parse(receipt.sign(GIVEN, given.key("unicef")), "receipt")
    raw = documents.canonical({**document, "payload": honest["payload"]})
    with pytest.raises(SignatureRefused, match="does not fit"):
        receipt.verify(raw, given.key("unicef"), BUNDLE)


def test_a_receipt_for_another_bundle_is_refused():
    with pytest.raises(ReceiptRefused, match="another bundle"):
        receipt.verify(receipt.sign(GIVEN, given.key("unicef")), given.key("unicef"), "cd" * 32)


def test_a_bundle_s_signature_is_no_receipt():
    raw = signed_as({**vars(GIVEN), "verdict": "accepted"}, typ=signature.BUNDLE)
    with pytest.raises(SignatureRefused, match="not of type"):
        receipt.verify(raw, given.key("unicef"), BUNDLE)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "splendid"},
        {"hub_seq": "1"},
        {"hub_seq": True},
        {"merkle_index": 1},
        {"merkle_index": -1},
        {"more": 1},
        {"root": None},
    ],
    ids=str,
)
def test_a_signed_receipt_of_the_wrong_form_is_refused(change):
    with pytest.raises(ReceiptRefused):
        receipt.verify(signed_as({**vars(GIVEN), "verdict": "accepted", **change}), given.key("unicef"), BUNDLE)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"payload":1}', b'{"payload":"e30"}', b'{"payload":"e30=","protected":"","signature":""}'],
)
def test_something_else_is_no_receipt(raw):
    with pytest.raises(SignatureRefused):
        receipt.verify(raw, given.key("unicef"), BUNDLE)
