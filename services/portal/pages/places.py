"""Free places, and who could take one child (portal.md 6, screen 8). No child is named to find a place.

Not here: which of them is asked, and the answer (pages.gatekeeping_steps).
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as Part
from wtforms.validators import Optional

from services.portal.clients import Refusal
from services.portal.fields import Between, CodesField
from services.portal.forms import AreaField, CodeField, WholeField
from services.portal.house import apis, house, person
from services.portal.signing import allows
from services.portal.together import ask

blueprint = Blueprint("places", __name__)
SHOWN, MOST = 25, 20
POINTS = ("room", "siblings-together", "siblings-there", "age", "sex", "approval", "care-form", "near-home", "language",
          "alive")  # fmt: skip
AT_HOME = frozenset({"OWN_FAMILY"})


class PlaceSearch(Part):
    """Room for how many children, of which age, near which area. It stands in the address: it names nobody."""

    children = WholeField(_l("Places for how many children"), [Optional(), Between(1, MOST)], default=1)
    age = WholeField(_l("Age in years"), [Optional(), Between(0, 25)])
    sex = CodeField(_l("Sex"), "sex", blank=_l("Any"))
    home = AreaField(_l("Near"), [Optional()])
    care_form = CodeField(_l("Form of care"), "care_form", blank=_l("Any"))
    language = CodeField(_l("Language spoken there"), "language", blank=_l("Any"))
    accessible = CodesField(_l("Needed there"), "accessibility")

    def body(self) -> dict[str, Any]:
        """What placements is sent."""
        forms = house().pack.codes("care_form")
        one = forms.get(self.care_form.data or "")
        kinds = {one["provider_kind"]} if one else {each["provider_kind"] for each in forms.values()} - AT_HOME
        return {
            "children": self.children.data or 1, "limit": SHOWN, "kinds": sorted(kinds),
            "ages": [] if self.age.data is None else [self.age.data],
            "sexes": [self.sex.data] if self.sex.data else [],
            "care_forms": [self.care_form.data] if self.care_form.data else [],
            "languages": [self.language.data] if self.language.data else [],
            "accessible": self.accessible.data or [],
        } | ({"home": self.home.data} if self.home.data else {})  # fmt: skip


@blueprint.get("/places")
@allows("placements.vacancy.search")
def find() -> str | tuple[str, int]:
    """Providers with room, the nearest first."""
    asked = bool(request.args)
    form = PlaceSearch(request.args) if asked else PlaceSearch()
    sound = not asked or form.validate()
    refused, rows = "", []
    if sound:
        try:
            rows = apis().gatekeeping.vacancies(form.body())
        except Refusal as refusal:
            if refusal.status not in {400, 422}:
                raise
            refused = refusal.detail
    page = render_template("places/find.html", form=form, rows=rows, refused=refused)
    return page, 200 if sound and not refused else 422


@blueprint.get("/children/<uuid:child>/options")
@allows("placements.options.find")
def for_child(child: UUID) -> str:
    """Who could take one child: kin first, institutions last, each with why it fits or not."""
    found = apis().gatekeeping.options(str(child), [])
    asking = person()
    may_read = asking is not None and asking.may("registry.child.read")
    may_person = asking is not None and asking.may("registry.person.read")
    registry = apis().registry
    people = {each["person"] for each in found["options"] if each["person"]}
    cards = ask(
        record=(lambda: registry.child(str(child)).body) if may_read else None,
        **{id_: (lambda id_=id_: registry.person(id_)) if may_person else None for id_ in people},
    )
    tiers = [(tier, [each for each in found["options"] if each["tier"] == tier]) for tier, _words in tier_words()]
    return render_template(
        "places/for_child.html", child=child, found=found, cards=cards, tiers=tiers, tier_words=dict(tier_words()),
        points=point_words(),
    )  # fmt: skip


def tier_words() -> list[tuple[str, str]]:
    """The tiers in their order, in words."""
    return [
        ("kin", _("Kin and those close to the family")), ("family", _("Families with room")),
        ("small home", _("Small homes")), ("institution", _("Institutions, last")),
    ]  # fmt: skip


def point_words() -> dict[str, str]:
    """What speaks for a place or against it, in words."""
    return dict(
        zip(
            POINTS,
            (
                _("Room"), _("Room for brothers and sisters together"), _("Brothers or sisters live there"),
                _("Takes this age"), _("Takes this sex"), _("Licence or approval"), _("Form of care"), _("Near home"),
                _("Language"), _("Is alive"),
            ),
            strict=True,
        )
    )  # fmt: skip
