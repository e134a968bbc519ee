"""The receipt: the hub's signed word on what it judged, and where it stands in the hub's tree.

Not here: keeping receipts; a duplicate gets the stored one again.
"""

from dataclasses import dataclass

from joserfc.jwk import OKPKey

from services.reporting.federation import documents, signature
from services.reporting.federation.judge import Outcome


@dataclass(frozen=True)
class Receipt:
    """Index and size count the hub's leaves; `root` is the hex RFC 6962 tree hash over them, this one included."""

    bundle_sha256: str
    verdict: Outcome
    hub_seq: int
    merkle_index: int
    tree_size: int
    root: str
    expected_next_seq: int


class ReceiptRefused(signature.SignatureRefused):
    """The document is not the hub's receipt for the bundle that was sent."""

    code = "receipt-refused"
    title = "Receipt refused"


def leaf(bundle_sha256: str, verdict: Outcome, hub_seq: int) -> bytes:
    """The content of a bundle's leaf: what was judged, how, and as which of the hub's judgements."""
    return documents.canonical({"bundle_sha256": bundle_sha256, "hub_seq": hub_seq, "verdict": verdict.value})


def sign(receipt: Receipt, key: OKPKey) -> bytes:
    """The receipt as JWS JSON document."""
    payload = documents.canonical({**vars(receipt), "verdict": receipt.verdict.value})
    return documents.canonical(signature.sign(payload, key, signature.RECEIPT))


def verify(raw: bytes, hub_key: OKPKey, bundle_sha256: str) -> Receipt:
    """Read the hub's receipt for the bundle we sent; raises ReceiptRefused or SignatureRefused."""
    document = signature.document(raw, "receipt")
    if not isinstance(document, dict) or not isinstance(document.get("payload"), str):
        raise ReceiptRefused("a receipt carries its payload")
    payload = signature.decode(document.pop("payload"))
    signature.verify(signature.read(document, signature.RECEIPT), payload, hub_key)
    receipt = _receipt(signature.document(payload, "payload"))
    if receipt.bundle_sha256 != bundle_sha256:
        raise ReceiptRefused("the receipt is for another bundle")
    return receipt


def _receipt(said: object) -> Receipt:
    texts, numbers = ("bundle_sha256", "verdict", "root"), ("hub_seq", "merkle_index", "tree_size", "expected_next_seq")
    if not isinstance(said, dict) or set(said) != {*texts, *numbers}:
        raise ReceiptRefused("the receipt has not the fields of a receipt")
    if not all(type(said[name]) is str for name in texts) or not all(type(said[name]) is int for name in numbers):
        raise ReceiptRefused("a field of the receipt has the wrong type")
    if said["verdict"] not in {outcome.value for outcome in Outcome}:
        raise ReceiptRefused("the receipt has an unknown verdict")
    if not 0 <= said["merkle_index"] < said["tree_size"]:
        raise ReceiptRefused("the receipt's leaf lies outside its tree")
    return Receipt(**{**said, "verdict": Outcome(said["verdict"])})
