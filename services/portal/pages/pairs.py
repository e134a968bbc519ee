"""Pairs of records that may be of one child: side by side, and judged same, different or unsure.

What is judged here merges nothing: joining two records is a step of its own (docs/records.md).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from services.portal import comparing
from services.portal.clients import Refusal
from services.portal.forms import Form, required
from services.portal.house import apis
from services.portal.signing import allows

blueprint = Blueprint("pairs", __name__)
PER_PAGE, STALE = 50, 412


class JudgeForm(Form):
    """Whether two records are of one child, and why."""

    decision = RadioField(
        lazy_gettext("Your decision"),
        [required(lazy_gettext("Say whether the two are one child."))],
        choices=[
            ("same", lazy_gettext("One child")),
            ("different", lazy_gettext("Two children")),
            ("unsure", lazy_gettext("I cannot tell")),
        ],
    )
    because = TextAreaField(
        lazy_gettext("Why you think so"), [required(lazy_gettext("Say why you think so.")), Length(max=4000)]
    )


@blueprint.get("/pairs")
@allows("registry.match.read")
def listed() -> str:
    """Those that wait, the likeliest first; `decision=unsure` those left open before."""
    decision = "unsure" if request.args.get("decision") == "unsure" else None
    cursor = request.args.get("cursor")
    page = apis().registry.listed("matching/pairs", limit=PER_PAGE, cursor=cursor, decision=decision)
    return render_template("pairs/list.html", page=page, decision=decision)


@blueprint.get("/pairs/<uuid:pair>")
@allows("registry.match.read")
def show(pair: UUID) -> str:
    """Both records, with what speaks for one child and what against it."""
    answer = apis().registry.pair(str(pair))
    form = JudgeForm()
    form.version = answer.etag
    return _page(form, answer.body)


@blueprint.post("/pairs/<uuid:pair>")
@allows("registry.match.decide")
def judge(pair: UUID) -> Any:
    """Say it."""
    form = JudgeForm()
    registry = apis().registry
    if form.validate():
        said = {"decision": form.decision.data, "because": form.because.data.strip()}
        try:
            registry.judge_pair(str(pair), said, form.key, form.version or "")
        except Refusal as refusal:
            if refusal.status == STALE:
                return _compare(form, registry.pair(str(pair))), STALE
            if refusal.status not in {400, 409, 422}:
                raise
            form.refused(refusal)
        else:
            flash(_("Your judgement is kept. Nothing was merged by it."))
            return redirect(url_for("pairs.listed"), 303)
    return _page(form, registry.pair(str(pair)).body), 422


def _page(form: JudgeForm, pair: Mapping[str, Any]) -> str:
    return render_template("pairs/show.html", form=form, pair=pair)


def _compare(form: JudgeForm, newer: Any) -> str:
    words = dict(form.decision.choices)
    label = form.decision.label.text
    typed = [(label, str(words.get(form.decision.data, ""))), (form.because.label.text, form.because.data)]
    stored = [(label, str(words.get(newer.body["decision"], _("Not judged")))), ("", newer.body["because"])]
    return comparing.page(comparing.rows(typed, stored), version=newer.etag, again=request.path)
