"""The languages of the pages: how far each is reviewed, whether drafts are underlined, and words that are wrong."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField

from services.portal import signing
from services.portal.fields import Line
from services.portal.forms import Form, required
from services.portal.house import house, person
from services.portal.i18n import catalogues, status
from services.portal.issuer import wording
from services.portal.languages import AVAILABLE
from shared import clock

blueprint = Blueprint("wording", __name__)
NOWHERE = "home.show"


class WordingForm(Form):
    """Words of a page that are wrong."""

    page = HiddenField()
    words = Line(
        lazy_gettext("The words that are wrong"),
        [required(lazy_gettext("Copy the words that are wrong."))],
        longest=wording.LONGEST,
    )
    better = Line(lazy_gettext("Better words, if you know some"), longest=wording.LONGEST)


@blueprint.get("/languages")
@signing.anybody("what is a draft is told to whoever reads it")
def show() -> str:
    """Each language: reviewed, drafts, English alone."""
    found = [status.of(each, catalogues.sources()) for each in status.others()]
    return render_template("languages.html", found=found, names=AVAILABLE)


@blueprint.post("/languages/drafts")
@signing.anybody("a matter of how the page looks")
def underline() -> Response:
    """Underline drafts, or leave the underlining away."""
    if request.form.get("drafts") == "plain":
        session["drafts"] = "plain"
    else:
        session.pop("drafts", None)
    return redirect(signing.own_page(request.form.get("next")), 303)


@blueprint.route("/languages/report", methods=["GET", "POST"])
@signing.signed_in
def report() -> str | Response | tuple[str, int]:
    """Say which words of a page are wrong; a translator reads it (kinward portal wording)."""
    form = WordingForm(page=_known(request.args.get("page")))
    if form.validate_on_submit():
        asking = person()
        assert asking is not None
        said, better = form.words.data.strip(), (form.better.data or "").strip()
        language: str = g.get("language", "en")
        subject, page = asking.principal.subject, _known(form.page.data)
        wording.report(house().desk, subject, language, page, said, better, clock.now())
        flash(_("Thank you. A translator will read it."))
        return redirect(url_for("wording.show"), 303)
    return render_template("wording.html", form=form, names=AVAILABLE), 422 if form.is_submitted() else 200


def _known(page: str | None) -> str:
    """A page of this portal by its endpoint, never an address: an address would say whose record was open."""
    return page if page is not None and page in current_app.view_functions else NOWHERE
