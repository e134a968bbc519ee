"""The forms of a gatekeeping case, one a step; each knows how the service takes what was typed.

Which step comes when is in pages.gatekeeping_steps. Not here: the rules, which are the service's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms import Form as Part
from wtforms.validators import InputRequired, Optional, ValidationError

from services.portal import staff
from services.portal.fields import Between, CodesField, Line, PlaceField, Words, YesNoField, a_day
from services.portal.forms import AreaField, CodeField, DayField, Form, WholeField, required

ROWS, SEATS = 12, 5
Case = Mapping[str, Any]


class StepForm(Form):
    """A form of one step of a case."""

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        raise LookupError(type(self).__name__)

    def begin_with(self, case: Case) -> None:
        """Fill in what is known already, where the form is opened anew."""


class Request(Form):
    """Somebody asks for a decision on a child."""

    kind = CodeField(_l("What is to be decided"), "gatekeeping_kind", [required(_l("Say what is to be decided."))])
    area = AreaField(_l("Area"), [required(_l("Choose the area."))])
    reasons = CodesField(
        _l("Reasons"), "entry_reason", [required(_l("Tick at least one reason."))],
        description=_l("Poverty alone never suffices."),
    )  # fmt: skip
    help_tried = CodesField(_l("Help tried before"), "help_tried")

    def body(self) -> dict[str, Any]:
        """What the service is sent."""
        return {name: self[name].data or [] if name == "help_tried" else self[name].data for name in BODY_OF_REQUEST}


BODY_OF_REQUEST = ("kind", "area", "reasons", "help_tried")


class Screening(StepForm):
    """The request is one for this gate."""

    words = Words(
        _l("Why it is one for this gate"), description=_l("For instance who called, and what was done at once.")
    )

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {"words": self.words.data or ""}


class Reasons(StepForm):
    """For which reasons, and which help was tried before."""

    reasons = CodesField(
        _l("Reasons"), "entry_reason", [required(_l("Tick at least one reason."))],
        description=_l("Poverty alone never suffices."),
    )  # fmt: skip
    help_tried = CodesField(_l("Help tried before"), "help_tried")

    def begin_with(self, case: Case) -> None:
        """What is recorded now."""
        self.reasons.data, self.help_tried.data = list(case["reasons"]), list(case["help_tried"])

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {"reasons": self.reasons.data, "help_tried": self.help_tried.data or []}


class Hearing(StepForm):
    """The child was heard, or was not."""

    heard = YesNoField(_lp("rights", "Was the child heard?"), [required(_l("Say whether the child was heard."))])
    on = a_day(_l("On"))
    heard_by = Line(_l("Heard by (sign-in name)"), [required(_l("Say who heard the child."))])
    words = Words(
        _lp("rights", "The child's view, in its own words"),
        description=_lp("rights", "As the child said it, in its language. It is sealed under the child's own key."),
    )
    support = CodeField(_l("Help to be understood"), "communication_support", blank=_l("Not heard"))
    language = CodeField(_l("Language of the interpreter"), "language", blank=_l("No interpreter"))
    weight = CodeField(_lp("rights", "How the child's view weighed"), "view_weight", blank=_l("Not known yet"))
    weight_words = Words(_lp("rights", "Why it weighed so"))
    feedback_on = a_day(_lp("rights", "The child was told what became of its view on"), needed=False)
    feedback_words = Words(_lp("rights", "What the child was told"))
    consents = YesNoField(_lp("consent", "The child's own consent"), open_=_l("Not asked for"), default="")
    not_heard_reason = CodeField(
        _l("Why the child was not heard"), "not_heard_reason", blank=_l("The child was heard"),
        description=_lp("rights", "Age is never a reason."),
    )  # fmt: skip

    def begin_with(self, case: Case) -> None:
        """Who is asking has mostly heard the child."""
        self.heard_by.data = self.heard_by.data or staff.typed_as(case["me"])

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {
            "heard": self.heard.answer, "on": self.on.data, "heard_by": staff.subject_of(self.heard_by.data),
            "words": self.words.data or "", "support": self.support.data or None,
            "language": self.language.data or None, "weight": self.weight.data or None,
            "weight_words": self.weight_words.data or "", "feedback_on": self.feedback_on.data,
            "feedback_words": self.feedback_words.data or "", "consents": self.consents.answer,
            "not_heard_reason": self.not_heard_reason.data or None,
        }  # fmt: skip


class ParentView(StepForm):
    """What one of the parents was told and said."""

    who = CodeField(_l("Who"), "parent_kind", [required(_l("Say which parent."))])
    notified_on = a_day(_l("Notified on"), needed=False)
    not_notified_reason = CodeField(
        _l("Why not notified"), "not_notified_reason", blank=_l("Was notified"),
        description=_l("Who is suspected of the harm is neither notified nor asked to agree."),
    )  # fmt: skip
    heard_on = a_day(_l("Heard on"), needed=False)
    agrees = YesNoField(_lp("consent", "Agrees"), open_=_l("Not asked"), default="")
    words = Words(_l("What was said"))

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {
            "who": self.who.data, "notified_on": self.notified_on.data,
            "not_notified_reason": self.not_notified_reason.data or None, "heard_on": self.heard_on.data,
            "agrees": self.agrees.answer, "words": self.words.data or "",
        }  # fmt: skip


class Assessment(StepForm):
    """The assessment is done."""

    on = a_day(_l("Assessed on"))
    domains = CodesField(_l("Looked at"), "assessment_domain", [required(_l("Tick what was looked at."))])
    words = Words(_l("The assessment"))
    necessity = YesNoField(
        _l("Is care outside the family necessary?"), [required(_l("Say whether care is necessary."))],
        description=_l("Only if no support at home would do."),
    )  # fmt: skip
    necessity_words = Words(_l("Why"))
    suitability = YesNoField(_l("Does the form of care suit the child?"), open_=_l("Not known yet"), default="")
    suitability_words = Words(_l("Why it suits, or not"))

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {
            "on": self.on.data, "domains": self.domains.data, "words": self.words.data or "",
            "necessity": self.necessity.answer, "necessity_words": self.necessity_words.data or "",
            "suitability": self.suitability.answer, "suitability_words": self.suitability_words.data or "",
        }  # fmt: skip


FINDINGS = (
    ("necessity", _l("Care outside the family is necessary")),
    ("suitability", _l("This form of care suits the child")),
    ("absolutely_necessary", _l("Under three: absolutely necessary")),
    ("last_resort", _l("Under three: the last resort, no family was found")),
    ("best_interests", _l("Under three: in the best interests of the child")),
    ("short_with_end", _l("Under three: short, with a planned end")),
)


class Finding(StepForm):
    """One finding, by itself."""

    kind = SelectField(_l("Finding"), [required(_l("Choose the finding."))], choices=lambda: FINDINGS)
    found = YesNoField(_l("Is it so?"), [required(_l("Say whether it is so."))])
    on = a_day(_l("Found on"))
    until = a_day(_l("End of a short stay"), needed=False)
    words = Words(_l("Why"))

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {
            "kind": self.kind.data, "found": self.found.answer, "on": self.on.data, "until": self.until.data,
            "words": self.words.data or "",
        }  # fmt: skip


class AccountField(Line):
    """Somebody by their sign-in name, whom the portal knows; `known` are subjects that need no account here."""

    known: frozenset[str] = frozenset()
    UNKNOWN = _l("Nobody with this sign-in name is known here.")

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError where nobody has this name."""
        if self.data and staff.subject_of(self.data) not in self.known and not staff.is_known(self.data):
            raise ValidationError(self.UNKNOWN)


class OptionRow(Part):
    """One form of care that was considered. Who was asked stands in the two hidden fields."""

    care_form = CodeField(_l("Form of care"), "care_form", [Optional()], blank=_l("Nothing here"))
    provider = HiddenField()
    person = HiddenField()
    answer = CodeField(_l("Answer"), "option_answer", [Optional()], blank=_l("Leave out"))
    asked_on = DayField(_l("Asked on"), [Optional()])
    reason = CodeField(_l("Why it does not fit"), "option_reason", [Optional()], blank=_l("It fits"))


class Options(StepForm):
    """Which forms of care were considered, who was asked, what they answered."""

    kin_searched_on = a_day(_l("Relatives were searched for on"), needed=False)
    options = FieldList(FormField(OptionRow), min_entries=0, max_entries=ROWS)

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent: the rows that were not left out."""
        rows = [row.form for row in self.options if row.form.care_form.data and row.form.answer.data]
        return {
            "kin_searched_on": self.kin_searched_on.data,
            "options": [
                {
                    "care_form": row.care_form.data, "answer": row.answer.data, "asked_on": row.asked_on.data,
                    "reason": row.reason.data or None, "provider": row.provider.data or None,
                    "person": row.person.data or None,
                }
                for row in rows
            ],
        }  # fmt: skip


class Seat(Part):
    """One member of a panel."""

    account = AccountField(_l("Sign-in name"))
    profession = CodeField(_l("Profession"), "profession", [Optional()], blank=_l("Nobody"))


class Panel(StepForm):
    """Who sits on the panel."""

    members = FieldList(FormField(Seat), min_entries=SEATS, max_entries=SEATS)

    def sitting(self, members: Iterable[Mapping[str, Any]]) -> None:
        """Who sits on the panel by now may go on, whoever they are."""
        there = frozenset(str(each["account"]) for each in members)
        for seat in self.members:
            seat.form.account.known = there

    def begin_with(self, case: Case) -> None:
        """Who sits there now."""
        for seat, member in zip(self.members, case["panel"], strict=False):
            seat.form.account.data = staff.typed_as(member["account"])
            seat.form.profession.data = member["profession"]

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent: the seats that are taken."""
        return {
            "members": [
                {"account": staff.subject_of(seat.form.account.data), "profession": seat.form.profession.data}
                for seat in self.members
                if seat.form.account.data
            ]
        }


class Recommendation(StepForm):
    """The panel recommends."""

    outcome = CodeField(
        _lp("decision", "The panel recommends"), "decision_outcome", [required(_l("Say what is recommended."))]
    )
    care_form = CodeField(_l("Form of care"), "care_form", blank=_l("None"))
    provider = PlaceField(_l("Place"))
    on = a_day(_l("On"))
    words = Words(_lp("decision", "Reasons"), description=_lp("decision", "Also what those said who were against it."))
    against = WholeField(
        _lp("decision", "How many were against"), [InputRequired(_l("Give a number.")), Between(0, 50)], default=0
    )

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {
            "outcome": self.outcome.data, "care_form": self.care_form.data or None,
            "provider": self.provider.data or None, "on": self.on.data, "words": self.words.data or "",
            "against": self.against.data,
        }  # fmt: skip


class Withdrawal(StepForm):
    """The request is given up."""

    reason = CodeField(_l("Why"), "gatekeeping_end_reason", [required(_l("Say why."))])

    def body(self, case: Case) -> dict[str, Any]:
        """What the service is sent."""
        return {"reason": self.reason.data}
