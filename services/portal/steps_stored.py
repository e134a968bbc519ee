"""What a gatekeeping case holds now of the things that a step's form asks: for comparing, when somebody was faster.

By the names of the form's fields. Not here: the forms (forms_gatekeeping), how the two stand beside each other
(comparing).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.portal.forms_gatekeeping import StepForm

Case = Mapping[str, Any]
YES_NO: Mapping[Any, str] = {True: "yes", False: "no", None: ""}


def of(step: str, case: Case, form: StepForm) -> Mapping[str, Any]:
    """What is stored now of a step, nothing where nothing is. `case` may hold what was `decided` and `permitted`."""
    return STORED[step](case, form)


def _screening(case: Case, _form: StepForm) -> Mapping[str, Any]:
    return {"words": case["screening"]}


def _withdrawal(_case: Case, _form: StepForm) -> Mapping[str, Any]:
    return {}


def _reasons(case: Case, _form: StepForm) -> Mapping[str, Any]:
    return {"reasons": case["reasons"], "help_tried": case["help_tried"]}


def _hearing(case: Case, _form: StepForm) -> Mapping[str, Any]:
    newest = _last(case["hearings"])
    return newest | {"heard": YES_NO[newest.get("heard")], "consents": YES_NO[newest.get("consents")]}


def _parent(case: Case, form: StepForm) -> Mapping[str, Any]:
    who = form["who"].data
    newest = _last(each for each in case["parents"] if each["who"] == who)
    return newest | {"agrees": YES_NO[newest.get("agrees")]}


def _assessment(case: Case, _form: StepForm) -> Mapping[str, Any]:
    found: dict[str, Any] = dict(case["assessment"] or {})
    for each in case["findings"]:
        if each["kind"] in {"necessity", "suitability"}:
            found |= {each["kind"]: YES_NO[each["found"]], f"{each['kind']}_words": each["words"]}
    return found


def _finding(case: Case, form: StepForm) -> Mapping[str, Any]:
    kind = form["kind"].data
    newest = _last(each for each in case["findings"] if each["kind"] == kind)
    return newest | {"found": YES_NO[newest.get("found")]}


def _options(case: Case, _form: StepForm) -> Mapping[str, Any]:
    return {"kin_searched_on": case["kin_searched_on"], "options": case["options"]}


def _panel(case: Case, _form: StepForm) -> Mapping[str, Any]:
    return {"members": case["panel"]}


def _recommendation(case: Case, _form: StepForm) -> Mapping[str, Any]:
    return dict(case["recommendation"] or {})


def _decision(case: Case, form: StepForm) -> Mapping[str, Any]:
    """What was decided meanwhile, else what a decision goes by."""
    made = case.get("decided")
    return _recommended(case, form) if made is None else dict(made) | {"body_": made["body"]}


def _stay(case: Case, form: StepForm) -> Mapping[str, Any]:
    """The stay that was permitted meanwhile, else what one goes by."""
    made = case.get("permitted")
    return _recommended(case, form) if made is None else dict(made) | {"from_": made["from"]}


def _recommended(case: Case, _form: StepForm) -> Mapping[str, Any]:
    """What a decision or a stay goes by: the panel's recommendation."""
    said = dict(case["recommendation"] or {})
    kept = {name: said.get(name) for name in ("outcome", "care_form", "provider")}
    return kept | {"care_forms": [said["care_form"]] if said.get("care_form") else [], "area": case["area"]}


def _last(entries: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in entries:
        found = dict(each)
    return found


STORED: Mapping[str, Callable[[Case, StepForm], Mapping[str, Any]]] = {
    "screening": _screening, "reasons": _reasons, "hearings": _hearing, "parents": _parent,
    "assessment": _assessment, "findings": _finding, "options": _options, "panel": _panel,
    "recommendation": _recommendation, "decision": _decision, "stay": _stay, "withdrawal": _withdrawal,
}  # fmt: skip
"""By step (services.portal.steps)."""
