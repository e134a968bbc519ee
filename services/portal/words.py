"""What states and kinds of the services that no list of the pack names are called. Codes of the pack: formats.term."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from services.portal.formats import term
from services.portal.house import house
from services.portal.i18n import pseudo
from services.portal.languages import language


def child_status(status: str) -> str:
    """What has become of a record."""
    return _said(status, {
        "active": _("In use"),
        "merged": _("Merged into another record"),
        "withdrawn": _("Entered in error"),
        "deceased": _("The child has died"),
    })  # fmt: skip


def stay_state(state: str) -> str:
    """Where a stay, an absence, a way home is in its life."""
    return _said(state, {
        "planned": _("Planned"),
        "claimed": _("Claimed: another place says the same"),
        "active": _("Now"),
        "ended": _("Over"),
        "withdrawn": _("Entered in error"),
        "away": _("Away"),
        "back": _("Back"),
        "preparing": _("In preparation"),
        "trial": _("On trial at home"),
        "returned": _("Returned"),
    })  # fmt: skip


def decision_status(status: str) -> str:
    """Where a decision is in its life."""
    return _said(status, {
        "unsigned": _("Waits for the second signature"),
        "oral": _("Oral, to be confirmed"),
        "in-force": _("In force"),
        "suspended": _("Suspended by an appeal"),
        "lapsed": _("Lapsed"),
        "ended": _("Over"),
        "quashed": _("Quashed"),
        "withdrawn": _("Entered in error"),
    })  # fmt: skip


def measure_status(status: str) -> str:
    """Where a legal measure is in its life."""
    return _said(status, {
        "recorded": _("Not yet in force"),
        "in_force": _("In force"),
        "ended": _("Over"),
        "superseded": _("Replaced by another"),
        "withdrawn": _("Entered in error"),
    })  # fmt: skip


def sibling_kind(kind: str) -> str:
    """How brothers and sisters belong together."""
    return _said(kind, {
        "full": _("the same parents"),
        "half": _("one parent in common"),
        "step": _("a step-parent in common"),
        "declared": _("said to be brother or sister"),
    })  # fmt: skip


def paper_state(state: str) -> str:
    """Whether a paper of the checklist is there."""
    return _said(state, {
        "held": _("There"),
        "missing": _("Missing"),
        "applied_for": _("Applied for"),
        "not_recorded": _("Not recorded"),
    })  # fmt: skip


def paper_for(children: str) -> str:
    """Whose file must hold a paper."""
    return _said(children, {
        "every_child": _("every child"),
        "foundling": _("a foundling"),
        "without_parental_care": _("a child without parental care"),
        "in_care": _("a child in care"),
        "with_disability": _("a child with a disability"),
        "of_school_age": _("a child of school age"),
        "of_identity_document_age": _("a child old enough for an identity document"),
    })  # fmt: skip


def representative(one: Mapping[str, Any]) -> str:
    """In what way somebody represents a child."""
    if one["role"] == "parent":
        return _("Parent")
    kind = term(one["kind"], "guardian_kind") if one["kind"] else ""
    return _("Guardian: %(kind)s", kind=kind) if kind else _("Guardian")


def spoken(codes: Sequence[str] | None) -> str:
    """Languages by name."""
    return ", ".join(term(code, "language") for code in codes or ())


def nationality(said: Mapping[str, Any] | None) -> str:
    """States by name, or what else was found; nothing where nothing is recorded."""
    if not said:
        return ""
    states = ", ".join(term(code, "state") for code in said.get("states") or ())
    return states or term(said["status"], "nationality_status")


def outcome_words(outcome: str) -> str:
    """What came of an access to a record."""
    return _said(outcome, {"done": _("Done"), "denied": _("Kept out"), "refused": _("Refused")})


def account_action(action: str) -> str:
    """What was done with an account or a sign-in."""
    words = {
        "SignIn": _("Signed in"), "SignOut": _("Signed out"), "SignOutEverywhere": _("Signed out everywhere"),
        "UseRecoveryCode": _("Used a recovery code"), "InviteAccount": _("Invited"),
        "TakeUpInvitation": _("Took up the invitation"), "ProposeRoles": _("Roles proposed"),
        "ChangeRoles": _("Roles changed"), "ProposeReset": _("A new invitation proposed"),
        "ResetAccount": _("Invited anew"), "DeactivateAccount": _("Deactivated"),
        "ProposeReactivation": _("Coming back proposed"), "ReactivateAccount": _("Came back"),
        "ApproveProposal": _("Approved"), "DeclineProposal": _("Declined"),
        "AppointOperators": _("Two people at the server appointed"),
        "VouchAtTheServer": _("Vouched for at the server"),
    }  # fmt: skip
    return _said(action, words)


def role_words(role: str) -> str:
    """A role of the pack by name; what is no role (an account) as it stands."""
    label = house().pack.roles.get(role, {}).get("label")
    return pseudo.of_pack(language(), str(label)) if label else role


def _said(code: str, words: Mapping[str, str]) -> str:
    return words.get(code, code.replace("_", " ").replace("-", " "))


IN_TEMPLATES: tuple[Callable[..., str], ...] = (
    child_status, stay_state, decision_status, measure_status, sibling_kind, paper_state, paper_for, representative,
    spoken, nationality, outcome_words, role_words, account_action,
)  # fmt: skip
