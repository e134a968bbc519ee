"""Who has reported to a hub, and who has not (portal.md 6, screen 13): the table, a reporter's receipts, exports."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from services.portal import csv_answers, reporters, xlsx_answers
from services.portal.house import apis, house
from services.portal.signing import allows

blueprint = Blueprint("completeness", __name__, url_prefix="/completeness")
HUB = "reporting.hub.read"
SDMX = "application/vnd.sdmx.data+csv"
RECEIPT = "application/jose+json"
COLUMNS = ("reporter", "area", "period", "state", "late", "revision", "received", "due", "reported", "expected",
           "contact")  # fmt: skip


@blueprint.get("")
@allows(HUB)
def matrix() -> str:
    """Reporters by periods: received, late, partial, revised, missing."""
    rows, sums = reporters.table(apis().reporting.completeness())
    return render_template("completeness/matrix.html", rows=rows, sums=sums)


@blueprint.get("/table.csv")
@allows(HUB)
def table() -> Response:
    """The same as a table, a line for each reporter and period."""
    return csv_answers.answer(_file(), COLUMNS, _lines())


@blueprint.get("/table.xlsx")
@allows(HUB)
def workbook() -> Response:
    """The same as a workbook, with headings and states in the reader's language."""
    states = {
        reporters.RECEIVED: _("received"), reporters.PARTIAL: _("partial"), reporters.MISSING: _("missing"),
        reporters.AWAITED: _("not yet due"),
    }  # fmt: skip
    rows = [
        [*line[:3], states.get(line[3], line[3]), _("late") if line[4] == "yes" else "", *line[5:]] for line in _lines()
    ]
    headings = (
        _("Reporter"), _("Area"), _("Period"), _("Where it stands"), _("Late"), _("Revision"), _("Received"), _("Due"),
        _("Units that reported"), _("Units expected"), _("Whom to ask"),
    )  # fmt: skip
    return xlsx_answers.answer(_file(), _("Who has reported"), headings, rows)


@blueprint.get("/figures.csv")
@allows(HUB)
def figures() -> Response:
    """What is in effect here as UNICEF takes it: SDMX-CSV."""
    name = f"figures-{house().settings.deployment}.csv"
    return csv_answers.attachment(apis().reporting.table(), name, SDMX)


@blueprint.get("/reporters/<issuer>")
@allows(HUB)
def reporter(issuer: str) -> str:
    """One reporter: whom to ask, where it stands, and the receipt of everything that came in its name."""
    rows, _sums = reporters.table(apis().reporting.completeness())
    row = next((each for each in rows if each.reporter["issuer"] == issuer), None)
    if row is None:
        abort(404)
    found = apis().reporting.deliveries(issuer, request.args.get("cursor"))
    return render_template(
        "completeness/reporter.html", row=row, rows=found["items"], more=found["next"], verdicts=verdict_words()
    )


@blueprint.get("/receipts/<int:hub_seq>")
@allows(HUB)
def receipt(hub_seq: int) -> Response:
    """A receipt as this hub signed it, to be sent to the reporter again."""
    return csv_answers.attachment(apis().reporting.receipt(hub_seq), f"receipt-{hub_seq}.json", RECEIPT)


def _file() -> str:
    return f"reporters-{house().settings.deployment}"


def _lines() -> list[tuple[Any, ...]]:
    rows, _sums = reporters.table(apis().reporting.completeness())
    return [
        (
            row.reporter["name"], row.reporter["ref_area"], cell.period, cell.state, "yes" if cell.late else "no",
            cell.said.get("revision"), cell.said.get("received_at"), cell.said.get("due"), cell.said.get("reported"),
            cell.said.get("expected"), row.reporter["contact"],
        )
        for row in rows
        for cell in row.cells
        if cell.state != reporters.NOT_EXPECTED
    ]  # fmt: skip


def verdict_words() -> dict[str, tuple[str, str]]:
    """What became of a parcel, in words, and how good that is."""
    return {
        "accepted": (_("accepted"), "good"),
        "repeated": (_("accepted, the same figures as before"), "good"),
        "history": (_("accepted, a later one was here already"), "good"),
        "duplicate": (_("the same parcel again"), "info"),
        "fork": (_("put aside: two stories were told"), "bad"),
        "equivocation": (_("put aside: two stories were told"), "bad"),
        "refused-archive": (_("refused: the file cannot be read"), "bad"),
        "refused-manifest": (_("refused: its description is wrong"), "bad"),
        "refused-signature": (_("refused: the signature is not the reporter's"), "bad"),
        "refused-audience": (_("refused: it was meant for somebody else"), "bad"),
        "refused-unprotected": (_("refused: small numbers are not protected"), "bad"),
        "refused-files": (_("refused: it was changed on the way"), "bad"),
    }
