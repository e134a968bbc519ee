"""The forms that end a gatekeeping case: what a court or body decided, the stay that this permits, its beginning."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from services.portal.fields import CodesField, Line, PlaceField, a_day
from services.portal.forms import AreaField, CodeField, Form, required
from services.portal.forms_gatekeeping import Case, StepForm
from services.portal.house import house

ACTS = {"ENTRY": "ENTRY", "VOLUNTARY": "ENTRY", "PROLONGATION": "PROLONGATION", "RENEWAL": "RENEWAL",
        "RETURN": "RETURN", "MORE_RESTRICTIVE": "MORE_RESTRICTIVE"}  # fmt: skip
"""What is decided in a case of a kind, unless somebody says otherwise."""


class Decision(StepForm):
    """One decision, as it stands on paper."""

    body_ = CodeField(_lp("decision", "Who decided"), "deciding_body", [required(_l("Say who decided."))])
    act = CodeField(_lp("decision", "What was decided about"), "decision_act", [required(_l("Say what about."))])
    situation = CodeField(
        _lp("decision", "Situation of the child"), "decision_situation", [required(_l("Choose the situation."))]
    )
    outcome = CodeField(
        _lp("decision", "Decision"), "decision_outcome", [required(_lp("decision", "Say what was decided."))]
    )
    care_forms = CodesField(_lp("decision", "Forms of care it permits"), "care_form")
    provider = PlaceField(_l("Place"))
    instrument = CodeField(_lp("decision", "Kind of paper"), "instrument_kind", [required(_l("Choose the paper."))])
    number = Line(_lp("decision", "Its number"), longest=60)
    made_on = a_day(_lp("decision", "Made on"))
    effective_from = a_day(_lp("decision", "Holds from"))
    in_force_until = a_day(_lp("decision", "Holds until, not including"), needed=False)
    decided_by = Line(
        _lp("decision", "Account of who decided"), description=_l("Leave it out for a court or a body outside.")
    )
    needs_more_until = a_day(_lp("decision", "If more is needed: comes back on"), needed=False)

    API = {"terms.body": "body_", "body": "body_"}

    def begin_with(self, case: Case) -> None:
        """What the panel recommended."""
        self.act.data = self.act.data or ACTS.get(case["kind"])
        recommended = case["recommendation"] or {}
        self.outcome.data = recommended.get("outcome")
        self.care_forms.data = [recommended["care_form"]] if recommended.get("care_form") else []
        self.provider.data = recommended.get("provider") or ""

    def narrow(self) -> None:
        """Show the forms of care first that go with the outcome, where one is said."""
        self.care_forms.narrow(_going_with(self.outcome.data) if self.outcome.data else None)

    def stay(self, case: Case) -> dict[str, Any] | None:
        """The stay that it would permit, as the rules are asked about it; None where it names no form of care."""
        if not self.care_forms.data:
            return None
        return {
            "care_form": self.care_forms.data[0], "provider": self.provider.data or None, "area": case["area"],
            "from": self.effective_from.data, "planned_to": self.in_force_until.data,
            "entry_reason": next(iter(case["reasons"])),
        }  # fmt: skip

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        terms = {
            "act": self.act.data, "situation": self.situation.data, "outcome": self.outcome.data,
            "body": self.body_.data, "instrument": self.instrument.data, "number": self.number.data or "",
            "made_on": self.made_on.data, "effective_from": self.effective_from.data,
            "in_force_until": self.in_force_until.data, "area": case["area"],
            "care_forms": self.care_forms.data or [], "provider": self.provider.data or None,
            "decided_by": self.decided_by.data or None,
        }  # fmt: skip
        return {"terms": terms, "needs_more_until": self.needs_more_until.data}


class Stay(StepForm):
    """The stay that is to begin; the service refuses it where a rule says no."""

    care_form = CodeField(_l("Form of care"), "care_form", [required(_l("Choose the form of care."))])
    provider = PlaceField(_l("Place"))
    carer_relation = CodeField(_l("The carer is the child's"), "carer_relation", blank=_l("Not a relative's care"))
    kind = CodeField(_l("Kind of stay"), "placement_kind", blank=_l("Planned"))
    from_ = a_day(_l("From"))
    planned_to = a_day(_l("Planned end"), needed=False)
    entry_reason = CodeField(_l("Chief reason"), "entry_reason", [required(_l("Choose the reason."))])
    area = AreaField(_l("Area"), [required(_l("Choose the area."))])

    API = {"from": "from_", "stay.from": "from_"}

    def begin_with(self, case: Case) -> None:
        """What was decided, where that is known; it may be other than what the panel recommended."""
        said = _permitted(case)
        self.care_form.data = said.get("care_form")
        self.provider.data = said.get("provider") or ""
        self.entry_reason.data = next(iter(case["reasons"]), None)
        self.area.data = case["area"]

    def narrow(self, case: Case) -> None:
        """Offer the forms of care that were decided, where that is known."""
        decided = case.get("decided")
        if decided is not None and decided["care_forms"]:
            self.care_form.narrow(decided["care_forms"])

    def stay(self, case: Case) -> dict[str, Any]:
        """The stay alone, as the rules are asked about it."""
        made = {
            "care_form": self.care_form.data, "provider": self.provider.data or None,
            "carer_relation": self.carer_relation.data or None, "from": self.from_.data,
            "planned_to": self.planned_to.data, "entry_reason": self.entry_reason.data, "area": self.area.data,
        }  # fmt: skip
        return made | ({"kind": self.kind.data} if self.kind.data else {})

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {"stay": self.stay(case)}


def _permitted(case: Case) -> dict[str, Any]:
    """The form of care and the place that a stay goes by; no form where the decision permits several."""
    decided = case.get("decided")
    if decided is None:
        return dict(case["recommendation"] or {})
    forms = decided["care_forms"]
    return {"care_form": forms[0] if len(forms) == 1 else None, "provider": decided["provider"]}


def _going_with(outcome: str) -> frozenset[str]:
    """The forms of care that an outcome may permit, by the pack."""
    codes = house().pack.codes
    counted_as = str(codes("decision_outcome").get(outcome, {}).get("permits") or "").split()
    forms = codes("care_form").items()
    return frozenset(code for code, row in forms if row["bucket"] in counted_as and row["permitted"] == "yes")


class Begin(Form):
    """A permitted stay begins. Where the child lives nowhere yet, nothing is asked of why it left."""

    on = a_day(_l("The child came on"))
    reason = CodeField(
        _l("Why it left where it was"), "end_reason", [required(_l("Say why the child left where it was."))]
    )

    def body(self) -> dict[str, Any]:
        """What the service is sent."""
        return {field.name: field.data for field in (self.on, self.reason) if field is not None}
