"""One step of a gatekeeping case as a page of its own (portal.md 6, screen 7): a small form, refused with its rules.

Which steps there are: services.portal.steps.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services.portal import comparing, staff, steps, steps_stored
from services.portal.clients import Down, Refusal
from services.portal.clients.api import Answer
from services.portal.fields import PlaceField
from services.portal.formats import place_name
from services.portal.forms_deciding import Decision, Stay
from services.portal.forms_gatekeeping import Options, Panel, StepForm
from services.portal.house import apis, house, person
from services.portal.names import ordered, whole
from services.portal.pages.gatekeeping import read
from services.portal.signing import allows
from services.portal.together import ask
from shared import clock

blueprint = Blueprint("gatekeeping_steps", __name__)
OFFERED = 8
"""Rows of each tier (kin, families, small homes, institutions): none may push another off the page."""
SPARE = 2


@blueprint.route("/gatekeeping/<uuid:case>/<step>", methods=["GET", "POST"])
@allows(steps.RECORD, steps.RECOMMEND, steps.DECIDE, steps.PERMIT)
def take(case: UUID, step: str) -> str | Response | tuple[str, int]:
    """The form of a step; sent, the step."""
    who, known = person(), steps.NAMES.get(step)
    if known is None:
        abort(404)
    if who is None or not who.may(known.permission):
        abort(403)
    answer = read(str(case))
    found = answer.body | {"me": who.principal.subject} | (_decided(answer.body) if step == "stay" else {})
    form = known.form()
    _places(form, found)
    if isinstance(form, Stay):
        form.narrow(found)
    if isinstance(form, Panel):
        form.sitting(found["panel"])
    if not form.is_submitted():
        form.begin_with(found)
        form.version = answer.etag
        if isinstance(form, Options):
            _begin_options(form, found)
    elif form.validate():
        try:
            apis().gatekeeping.step(found["id"], step, form.body(found), form.key, form.version)
        except Refusal as refusal:
            if refusal.status == comparing.STALE:
                return _compare(known, read(str(case)), form), comparing.STALE
            form.refused(refusal)
            return _page(known, found, form, refusal), 422
        flash(_("Recorded at %(hour)s.", hour=clock.now().astimezone(house().pack.zone).strftime("%H:%M")))
        return redirect(url_for("gatekeeping.show", case=case), 303)
    return _page(known, found, form, None), 422 if form.is_submitted() else 200


def _page(step: steps.Step, case: Mapping[str, Any], form: StepForm, refusal: Refusal | None) -> str:
    if isinstance(form, Decision):
        form.narrow()
    judged = _judged(case, form, refusal) if refusal is not None and isinstance(form, Decision | Stay) else None
    return render_template(
        f"gatekeeping/{step.name if step.name in {'options', 'panel'} else 'step'}.html",
        step=step, case=case, form=form, refusal=refusal, judged=judged, status=steps.STATUSES[case["status"]],
        places=_names(form), may_sit=staff.who_may("placements.agenda.read") if isinstance(form, Panel) else [],
    )  # fmt: skip


def _compare(step: steps.Step, newer: Answer, form: StepForm) -> str:
    """What was typed beside what the case holds now, and how far it is."""
    case = newer.body | _done_meanwhile(step, newer.body)
    _places(form, case)
    told = comparing.Row(_("How far the case is now"), "", str(steps.STATUSES[case["status"]][0]), told=True)
    found = comparing.of_form(form, steps_stored.of(step.name, case, form), _called(form, case))
    return comparing.page([told, *found], version=newer.etag, again=request.path)


def _done_meanwhile(step: steps.Step, case: Mapping[str, Any]) -> dict[str, Any]:
    """The decision or the stay that somebody else was faster with, as far as the person may read it."""
    child, decision = case["child"], case["decision"]
    if decision is None or step.name not in {"decision", "stay"}:
        return {}
    if step.name == "decision":
        return _decided(case)
    try:
        stays = apis().placements.stays(child)["placements"]
        by_it = [each for each in stays if each["decision"] == decision and each["state"] != "withdrawn"]
        return {"permitted": by_it[-1] if by_it else None}
    except (Refusal, Down):
        return {}


def _decided(case: Mapping[str, Any]) -> dict[str, Any]:
    """The decision of the case, as far as the person may read it."""
    try:
        found = apis().gatekeeping.decisions(case["child"])["decisions"]
    except (Refusal, Down):
        return {}
    return {"decided": next((each for each in found if each["id"] == case["decision"]), None)}


def _called(form: StepForm, case: Mapping[str, Any]) -> Callable[[str], str]:
    """The names of the places and relatives in the rows, typed or stored, by id."""
    names = _names(form, case["options"])

    def called(id_: str) -> str:
        found = names.get(id_)
        if found is None:
            return ""
        if "kind" in found:
            return place_name(found)
        listed = ordered(found["particulars"]["names"]) if found.get("particulars") else []
        return whole(listed[0]) if listed else ""

    return called


def _judged(case: Mapping[str, Any], form: Decision | Stay, refusal: Refusal) -> Any:
    """What the rules that said no went by, and which others are met; nothing where the service does not say it."""
    stay = form.stay(case)
    if stay is None:
        return None
    try:
        found = apis().gatekeeping.verdicts(case["child"], {"case": case["id"], "other_reasons": [], "stay": stay})
    except (Refusal, Down):
        return None
    named = {each.rule for each in refusal.errors}
    kept = [each for each in found["verdicts"] if each["satisfied"] or each["rule"] in named]
    said_no = any(not each["satisfied"] for each in kept)
    return {"permitted": False, "verdicts": kept} if said_no else None


def _places(form: StepForm, case: Mapping[str, Any]) -> None:
    """Offer the places that were considered in the case."""
    field = getattr(form, "provider", None)
    if not isinstance(field, PlaceField):
        return
    ids = [each["provider"] for each in case["options"] if each.get("provider")]
    api = apis().gatekeeping
    cards = ask(**{id_: (lambda id_=id_: api.provider(id_)) for id_ in ids})
    named = [(id_, place_name(cards[id_].value) if cards[id_].there else id_) for id_ in dict.fromkeys(ids)]
    field.offer(named)


def _names(form: StepForm, stored: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The places and relatives of the rows and of options that are stored, by id, as far as the person reads them."""
    if not isinstance(form, Options):
        return {}
    rows = [*(row.form.data for row in form.options), *stored]
    places = {row["provider"] for row in rows if row["provider"]}
    people = {row["person"] for row in rows if row["person"]}
    api, registry = apis().gatekeeping, apis().registry
    cards = ask(
        **{id_: (lambda id_=id_: api.provider(id_)) for id_ in places},
        **{id_: (lambda id_=id_: registry.person(id_)) for id_ in people},
    )
    return {id_: card.value for id_, card in cards.items() if card.there}


def _begin_options(form: Options, case: Mapping[str, Any]) -> None:
    """The rows: what is recorded; else what the service finds for the child, kin first; then some to fill in."""
    form.kin_searched_on.data = case["kin_searched_on"]
    rows = [dict(each) for each in case["options"]] or _found(case)
    for row in [*rows, *([{}] * SPARE)]:
        form.options.append_entry(row)


def _found(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        found = apis().gatekeeping.options(case["child"], [])["options"]
    except (Refusal, Down):
        return []
    rows = []
    tiers: Counter[str] = Counter()
    for each in found:
        tiers[each["tier"]] += 1
        if tiers[each["tier"]] > OFFERED:
            continue
        row = {"care_form": next(iter(each["care_forms"]), ""), "provider": each["provider"], "person": each["person"]}
        rows.append(row | ({"answer": "NOT_ASKED"} if not each["fits"] else {}))
    return rows
