"""Registering a child, with the question whether it is the same child as one on record (portal.md 6, screen 3).

The form comes first, the likely records beside it, then the registration: what was typed is carried along and nothing
is stored in between. While somebody types, the records like it are shown (htmx); without JavaScript they are a step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from services.portal import together
from services.portal.clients import Refusal
from services.portal.forms_amending import AmendForm, filled
from services.portal.forms_children import RegisterForm
from services.portal.house import apis, person
from services.portal.signing import allows
from shared.ids import new_id

blueprint = Blueprint("registering", __name__)
SAME_CHILD = "same-child"
CHECKED = "checked"
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
OF_THE_STEP = ("csrf_token", "idempotency_key", CHECKED)


@dataclass
class Candidate:
    """A record that may be of the child, and what is said of it: same, different or unsure, and why."""

    reference: str
    area: str
    match: Mapping[str, Any]
    id: str | None = None
    record: Mapping[str, Any] | None = None
    decision: str = ""
    because: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How the form's fields about it are called."""
        return self.id or self.reference

    @property
    def must(self) -> bool:
        """Whether the child cannot be registered before something is said of it."""
        return bool(self.match["likelihood"] == "likely")


@blueprint.get("/children/new")
@allows("registry.child.register")
def new() -> str:
    """The form."""
    return render_template("registering/new.html", form=RegisterForm())


@blueprint.post("/children/new/alike")
@allows("registry.child.register")
def alike() -> str:
    """What is on record like what is typed so far; a part of the form's page."""
    form = RegisterForm()
    found: Any = {"items": [], "elsewhere": [], "terms": 0, "crowded": 0}
    if _may_search() and (asked := form.likeness()):
        try:
            found = apis().registry.search({"likeness": asked})
        except Refusal:
            found = {**found, "terms": 0}
    return render_template("registering/alike.html", found=found)


@blueprint.post("/children/new")
@allows("registry.child.register")
def register() -> Any:
    """Look for the same child; register where nobody is like it, or where something is said of who is."""
    form = RegisterForm()
    sound = form.validate()
    if not sound or request.form.get("change"):
        return render_template("registering/new.html", form=form), 200 if sound else 422
    return _decided(form) if CHECKED in request.form else _compared(form)


def _compared(form: RegisterForm) -> Any:
    try:
        candidates = _looked_for(form)
    except Refusal as refusal:
        return _refused(form, refusal)
    return _asked(form, candidates) if candidates else _register(form, [])


def _decided(form: RegisterForm) -> Any:
    candidates = _told(request.form)
    if same := next((each for each in candidates if each.decision == SAME), None):
        return _go_on_with(same, form)
    if not _all_said(candidates):
        return _asked(form, _opened(candidates), 422)
    return _register(form, candidates)


def _register(form: RegisterForm, candidates: list[Candidate]) -> Any:
    said = [
        {"child": each.key, "decision": each.decision, "because": each.because} for each in candidates if each.decision
    ]
    body = {"identity": form.identity(), "identifiers": form.identifiers(), "compared": said}
    try:
        made = apis().registry.register(body, form.key).body
    except Refusal as refusal:
        if refusal.code != SAME_CHILD:
            return _refused(form, refusal)
        known = {each.key: each for each in candidates}
        more = [_candidate(row) for row in refusal.problem.get("candidates", ())]
        known |= {each.key: each for each in more if each.key not in known}
        return _asked(form, _opened(list(known.values())), 409)
    flash(_("The child is registered."))
    return redirect(url_for("child.show", child=made["id"]), 303)


def _refused(form: RegisterForm, refusal: Refusal) -> Any:
    if refusal.status not in {400, 409, 422}:
        raise refusal
    form.refused(refusal)
    return render_template("registering/new.html", form=form), 422


def _asked(form: RegisterForm, candidates: list[Candidate], status: int = 200) -> Any:
    """The step where each record like the child is looked at."""
    carried = [
        (name, text) for name, text in request.form.items(multi=True) if name not in OF_THE_STEP and "~" not in name
    ]
    page = render_template("registering/same.html", form=form, candidates=candidates, carried=carried)
    return page, status


def _go_on_with(same: Candidate, form: RegisterForm) -> Any:
    """Not registered: the record is opened, to be added to where the person may, with what was typed in its fields."""
    if same.id is None:
        flash(_("Nothing was registered: %(reference)s is this child. Call the authority of its area.",
                reference=same.reference))  # fmt: skip
        return redirect(url_for("children.find"), 303)
    asking = person()
    if asking is None or not asking.may("registry.child.amend"):
        flash(_("Nothing was registered: this is the child's record."))
        return redirect(url_for("child.show", child=same.id), 303)
    answer = apis().registry.child(same.id)
    amended = AmendForm(formdata=None, data=filled(answer.body["identity"], also=form))
    amended.key, amended.version = str(new_id()), answer.etag
    return render_template(
        "amending/amend.html", form=amended, child=same.id, record=answer.body,
        said=_("Nothing was registered: this is the child's record. A name written otherwise stands in its fields."),
    )  # fmt: skip


def _looked_for(form: RegisterForm) -> list[Candidate]:
    asked = form.likeness()
    if asked is None or not _may_search():
        return []
    found = apis().registry.search({"likeness": asked})
    within = [_candidate({**row["match"], **row, "area": row["identity"]["area"]}, row) for row in found["items"]]
    return [*within, *(_candidate(row) for row in found["elsewhere"])]


def _candidate(row: Mapping[str, Any], record: Mapping[str, Any] | None = None) -> Candidate:
    match = {name: row[name] for name in ("likelihood", "score", "reasons")}
    return Candidate(row["reference"], row["area"], match, row.get("id"), record)


def _told(posted: Mapping[str, str]) -> list[Candidate]:
    """The records that were shown, and what is said of each."""
    found = []
    for name in posted:
        if not name.startswith("candidate~"):
            continue
        key = name.removeprefix("candidate~")
        reference, area, likelihood, score, reasons = posted[name].split("|")
        match = {"likelihood": likelihood, "score": float(score), "reasons": reasons.split()}
        made = Candidate(reference, area, match, key if key != reference else None)
        made.decision = posted.get(f"decision~{key}", "")
        made.because = posted.get(f"because~{key}", "").strip()
        found.append(made)
    return found


def _all_said(candidates: Iterable[Candidate]) -> bool:
    for each in candidates:
        if each.must and not each.decision:
            each.errors = [_("Say whether %(reference)s is the same child.", reference=each.reference)]
        elif each.decision in {DIFFERENT, UNSURE} and not each.because:
            each.errors = [_("Say of %(reference)s why you think so.", reference=each.reference)]
    return not any(each.errors for each in candidates)


def _opened(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates with their records, those that can be opened."""
    registry = apis().registry
    closed = {each.key: each for each in candidates if each.record is None and each.id is not None}
    found = together.ask(**{key: lambda key=key: registry.child(key).body for key in closed})
    for key, card in found.items():
        closed[key].record = card.value
    return candidates


def _may_search() -> bool:
    asking = person()
    return asking is not None and asking.may("registry.child.search")
