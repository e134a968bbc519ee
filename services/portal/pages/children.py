"""Finding a child (portal.md 6, screen 3): by reference, by a number, by names in any script."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.portal import due, words
from services.portal.clients import Refusal
from services.portal.forms_children import FindForm
from services.portal.house import apis
from services.portal.names import age, born, born_typed, called, ordered, whole
from services.portal.signing import allows

blueprint = Blueprint("children", __name__)


@blueprint.app_template_filter("called")
def called_filter(identity: Any) -> str:
    """A child's or person's first name line."""
    return called(identity)


@blueprint.app_template_filter("whole")
def whole_filter(name: Any) -> str:
    """One name as a line."""
    return whole(name)


@blueprint.app_context_processor
def in_templates() -> dict[str, Any]:
    """How births and names read; as functions, since Jinja folds filters on constants."""
    return {
        "born_words": born,
        "born_typed": born_typed,
        "age_words": age,
        "ordered_names": ordered,
        "by_when": due.by_when,
        **{each.__name__: each for each in words.IN_TEMPLATES},
    }


@blueprint.route("/children", methods=["GET", "POST"])
@allows("registry.child.search")
def find() -> Any:
    """Search; names are posted, they never stand in an address."""
    form = FindForm()
    found = None
    if request.method == "POST" and form.validate():
        asked = form.asked()
        if asked is None:
            form.nothing_typed()
        else:
            try:
                found = apis().registry.search(asked)
            except Refusal as refusal:
                if refusal.status not in {400, 422}:
                    raise
                form.refused(refusal)
            else:
                if (child := _only(asked, found)) is not None:
                    return redirect(url_for("child.show", child=child), 303)
    status = 422 if form.problems() else 200
    return render_template("children/find.html", form=form, found=found), status


def _only(asked: Mapping[str, Any], found: Mapping[str, Any]) -> str | None:
    """The child whom a short reference names: it has a check character, so that nobody is opened by a slip."""
    items = found["items"]
    return str(items[0]["id"]) if "reference" in asked and len(items) == 1 and not found["elsewhere"] else None
