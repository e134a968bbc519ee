"""The letter of a decision to the family, to be printed: what was decided, why, how to appeal, whom to ask.

Not here: the decision itself and its paper (child.decisions, gatekeeping.show).
"""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from markupsafe import Markup

from services.portal import child as framing
from services.portal import languages, letters, together
from services.portal.house import apis, house, person
from services.portal.signing import allows

blueprint = Blueprint("letter", __name__)


@blueprint.app_context_processor
def in_templates() -> dict[str, Any]:
    """Of which decisions there is a letter."""
    return {"letter_given": letters.GIVEN}


@blueprint.get("/children/<uuid:child>/decisions/<uuid:decision>/letter")
@allows("placements.decision.read")
def show(child: UUID, decision: UUID) -> str:
    """The letter in the family's language, or the one that was chosen, as far as its words are reviewed there."""
    frame = framing.read(child, "family", "measures")
    made = next((each for each in frame.items("decisions", "decisions") if each["id"] == str(decision)), None)
    if made is None or made["status"] not in letters.GIVEN:
        abort(404)
    asking = person()
    may = asking.may if asking is not None else lambda _: False
    case_of = partial(apis().gatekeeping.case, made["case"])
    asked = {f"person {id_}": partial(apis().registry.person, id_) for id_ in letters.addressed(frame)}
    cards = together.ask(
        case=(lambda: case_of().body) if made["case"] and may("placements.gatekeeping.read") else None,
        **(asked if may("registry.person.read") else {}),
    )
    case = cards.pop("case")
    choices = letters.choices(frame, cards.values())
    wanted = request.args.get("language") or choices[0].code
    if wanted not in house().pack.codes("language"):
        abort(404)
    stands = letters.stands_in(wanted)
    appeals = [each for each in frame.items("decisions", "appeals") if each["decision"] == made["id"]]
    with languages.speaking_in(stands):
        paper = render_template(
            "letter/paper.html", frame=frame, child=frame.record, decision=made, case=case, appeals=appeals,
            wanted=wanted, stands=stands, born=letters.born, word=letters.word, reasons=letters.reasons(case),
            today=house().today(), written_in=languages.language(), runs=languages.direction(),
        )  # fmt: skip
    sheet = Markup(paper)  # noqa: S704 - a template of ours, escaped when it was rendered
    return render_template(
        "letter/show.html", frame=frame, paper=sheet, choices=choices, wanted=wanted, stands=stands,
        child=frame.record, decision=made, suspected=letters.suspected(frame, made, case),
        people={each["id"]: each for each in frame.items("family", "parents")},
    )  # fmt: skip
