"""Gatekeeping cases: which there are, and one case with all that was said, found and decided (portal.md 6, screen 7).

Not here: the forms of its steps (pages.gatekeeping_steps).
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal import naming, steps
from services.portal.clients import Refusal
from services.portal.clients.api import Answer
from services.portal.forms_gatekeeping import FINDINGS, Request
from services.portal.house import Person, apis, house, person
from services.portal.signing import allows
from services.portal.together import Card, ask

blueprint = Blueprint("gatekeeping", __name__)
LIST, AGENDA, READ = "placements.gatekeeping.list", "placements.agenda.read", "placements.gatekeeping.read"
JUDGE = "placements.placement.judge"
SHOWN = 20
Case = dict[str, Any]


@blueprint.get("/gatekeeping")
@allows(LIST, AGENDA)
def find() -> str:
    """Cases in which something is to be done, or those of one's panel."""
    who, cursor = _who(), request.args.get("cursor")
    api = apis().gatekeeping
    cards = ask(
        cases=(lambda: api.cases(cursor, request.args.get("area"), SHOWN)) if who.may(LIST) else None,
        agenda=(lambda: api.agenda(None, SHOWN)) if who.may(AGENDA) else None,
    )
    rows = [row for card in cards.values() if card.there for row in card.value["items"]]
    return render_template(
        "gatekeeping/list.html", cards=cards, children=naming.known((row["child"] for row in rows), 2 * SHOWN),
        named=who.may(naming.SEARCH), statuses=steps.STATUSES, today=house().today(),
    )  # fmt: skip


@blueprint.get("/gatekeeping/<uuid:case>")
@allows(READ, AGENDA)
def show(case: UUID) -> str:
    """One case."""
    found = read(str(case)).body
    who, child = _who(), found["child"]
    placements, registry = apis().gatekeeping, apis().registry
    cards = ask(
        child=(lambda: registry.child(child).body) if who.may("registry.child.read") else None,
        siblings=(lambda: registry.of_child(child, "siblings")) if who.may("registry.siblings.read") else None,
        decisions=(lambda: placements.decisions(child)) if who.may("placements.decision.read") else None,
        stays=(lambda: apis().placements.stays(child)) if _waits_for_stay(found, who) else None,
        **_names(found, who),
        **_said_of_options(found, who),
    )
    decision, permitted = _decision(found, cards["decisions"]), _permitted(found, cards["stays"])
    offered = steps.offered(found, who, decision)
    return render_template(
        "gatekeeping/case.html", case=found, cards=cards, steps=offered, moving=steps.moving(found, offered, permitted),
        permitted=permitted, statuses=steps.STATUSES, finding_names=dict(FINDINGS), decision=decision,
        can_judge=who.may(JUDGE), decision_statuses=steps.DECISIONS, columns=steps.COLUMNS,
        order=_by_preference(found["options"]), today=house().today(),
    )  # fmt: skip


@blueprint.get("/gatekeeping/<uuid:case>/verdicts")
@allows(JUDGE)
def verdicts(case: UUID) -> str:
    """What the rules say of a form of care and a place for the child of this case; a page where scripts are off."""
    found = read(str(case)).body
    asked = {name: request.args.get(name) or None for name in ("care_form", "provider")}
    if asked["care_form"] not in house().pack.codes("care_form"):
        abort(404)
    judged = apis().gatekeeping.verdicts(found["child"], question(found, asked))
    return render_template("gatekeeping/verdicts.html", case=found, asked=asked, judged=judged)


@blueprint.route("/children/<uuid:child>/gatekeeping/new", methods=["GET", "POST"])
@allows("placements.gatekeeping.request")
def new(child: UUID) -> str | Response | tuple[str, int]:
    """Ask for a decision on a child."""
    form = Request()
    if form.validate_on_submit():
        try:
            made = apis().gatekeeping.request(str(child), form.body(), form.key)
        except Refusal as refusal:
            form.refused(refusal)
        else:
            flash(_("The case is open. The next step is to screen the request."))
            return redirect(url_for("gatekeeping.show", case=made.body["id"]), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("gatekeeping/new.html", form=form, child=child), status


def read(case: str) -> Answer:
    """A case as the person sees it: with its file, or from the agenda of a panel. Raises Refusal."""
    who = _who()
    try:
        if who.may(READ):
            return apis().gatekeeping.case(case)
    except Refusal:
        if not who.may(AGENDA):
            raise
    return apis().gatekeeping.agenda_case(case)


def question(case: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules are asked about a form of care and a place, from today on."""
    reasons = case["reasons"]
    stay = {
        "care_form": asked["care_form"], "provider": asked.get("provider"), "area": case["area"],
        "from": house().today().isoformat(), "entry_reason": reasons[0],
    }  # fmt: skip
    return {"case": case["id"], "other_reasons": reasons[1:], "stay": stay}


def _reading(question_: Callable[[str], Any], id_: str) -> Callable[[], Any]:
    return lambda: question_(id_)


def _names(case: Case, who: Person) -> dict[str, Callable[[], Any] | None]:
    """Questions for the places and relatives that the case names."""
    places = {each["provider"] for each in case["options"] if each.get("provider")}
    if case["recommendation"] and case["recommendation"].get("provider"):
        places.add(case["recommendation"]["provider"])
    people = {each["person"] for each in case["options"] if each.get("person")}
    may_place, may_person = who.may("placements.provider.read"), who.may("registry.person.read")
    registry = apis().registry
    asked: dict[str, Callable[[], Any] | None] = {
        f"place-{id_}": _reading(apis().gatekeeping.provider, id_) if may_place else None for id_ in places
    }
    for id_ in people:
        asked[f"person-{id_}"] = _reading(registry.person, id_) if may_person else None
    return asked


def _said_of_options(case: Case, who: Person) -> dict[str, Callable[[], Any] | None]:
    """Questions to the rules, one an option."""
    if not who.may(JUDGE) or case["status"] in {"carried_out", "withdrawn"}:
        return {}
    api, child = apis().gatekeeping, case["child"]

    def judged(option: Mapping[str, Any]) -> Callable[[], Any]:
        def answer() -> Any:
            try:
                return api.verdicts(child, question(case, option))
            except Refusal:  # a form or a place that cannot be asked about
                return None

        return answer

    return {f"rules-{number}": judged(option) for number, option in enumerate(case["options"])}


def _by_preference(options: list[Any]) -> list[tuple[int, Any]]:
    """The options in the pack's order of preference, each with its number in the case."""
    forms = house().pack.codes("care_form")
    return sorted(enumerate(options), key=lambda each: int(forms.get(each[1]["care_form"], {}).get("preference") or 9))


def _decision(case: Case, card: Card) -> Any:
    if not card.there:
        return None
    return next((each for each in card.value["decisions"] if each["id"] == case["decision"]), None)


def _waits_for_stay(case: Case, who: Person) -> bool:
    return case["status"] == "decided" and who.may("placements.placement.read")


def _permitted(case: Case, card: Card) -> Any:
    """The stay by which the decision is carried out, the planned one first; None where none is, or is to be read."""
    found = card.value["placements"] if card.there else []
    on_it = [each for each in found if each["decision"] == case["decision"] and each["state"] != "withdrawn"]
    return next(iter(sorted(on_it, key=lambda each: bool(each["state"] != "planned"))), None)


def _who() -> Person:
    found = person()
    if found is None:
        abort(403)
    return found
