"""What a service refuses in English, on a page of another language: the words of the rule, the sentence beside them."""

import ast
import re
from pathlib import Path

import pytest
from markupsafe import escape
from wtforms import StringField

from services.placements.domain import rulebook
from services.placements.domain.rulebook import RULES
from services.portal import fact_words, forms, law_words
from services.portal.clients import Refusal
from services.portal.house import house
from services.portal.i18n import catalogues, marks, pseudo, speaking
from services.portal.i18n.catalogues import Entry, File, Source, combine
from services.portal.together import Card

SUMMARY = '{% import "macros/form.html" as f %}{{ f.error_summary(form.problems()) }}{{ f.text(form.until) }}'
FAULT = '{% import "macros/form.html" as f %}{% for each in refusal_lines(refusal) %}{{ f.refused(each) }}{% endfor %}'
VALIDITY = "An approval lasts 12 months at most."
WORDS = {
    "approval-validity": {"title": "An approval lasts no longer than the law says.", "remedy": "Give an earlier end."},
    "close-to-home": {
        "title": "Close to home", "says": "The place lies near the child's home.", "care": True,
        "remedy": "A place nearer home.",
    },
    "child-heard": {"title": "The child was heard", "about": "decision", "remedy": "Hear the child."},
}  # fmt: skip
RUSSIAN = {
    Source("An approval lasts no longer than the law says.", "rule"): "Одобрение действует не дольше, чем велит закон.",
    Source("Give an earlier end.", "rule"): "Укажите более ранний конец.",
    Source("Close to home", "rule"): "Близко к дому",
    Source("The place lies near the child's home.", "rule"): "Место рядом с домом ребёнка.",
    Source("The child was heard", "decision|rule"): "Ребёнка выслушали",
    Source("%(num)s level of areas", None, "%(num)s levels of areas"): "%(num)s уровень",
    Source("Farthest from home"): "Дальше всего от дома",
    Source("Levels of areas apart"): "Уровней до дома",
}


class ApprovalForm(forms.Form):
    """A form of one field."""

    until = StringField("Until")


@pytest.fixture
def refused(app, monkeypatch):
    """refused("ru", template, {"field": "until", …}): what the page says of a refusal with these entries, as HTML."""
    kept = {source.key: Entry(source, (text,), source.sha) for source, text in RUSSIAN.items()}
    known = {source.key: source for source in RUSSIAN}
    monkeypatch.setattr(catalogues, "catalogue", lambda each: combine(each, File(), File(tuple(kept.values())), known))
    empty = {"title": "", "says": "", "source": "", "remedy": "", "about": "", "care": False}
    items = [{"id": id_, **empty, **words} for id_, words in WORDS.items()]

    def say(language, template, *errors, detail="Some fields are not as they should be.", code="invalid-input"):
        answer = {"status": 422, "code": code, "detail": detail, "errors": errors}
        with app.test_request_context(headers={"Accept-Language": language}):
            house().rules.ask("placements", lambda: {"items": items})
            form, refusal = ApprovalForm(meta={"csrf": False}), Refusal("placements", 422, answer)
            form.refused(refusal)
            speaking._begins(app)
            made = app.jinja_env.from_string(template).render(form=form, refusal=refusal)
            speaking._ends(app)
        return " ".join(marks.to_elements(made).split())

    return say


def entry(rule, message=VALIDITY, field="until", **more):
    return {"field": field, "rule": rule, "message": message, **more}


def english(text):
    return f'<span lang="en" dir="ltr">{escape(text)}</span>'


def at_field(page):
    return re.search(r'<p class="error" id="until-error">(.*?)</p>', page)[1]


def test_where_a_sentence_is_not_translated_the_words_of_its_rule_stand_at_the_field_and_above(refused):
    page = refused("ru", SUMMARY, entry("approval-validity"))
    words = "<span data-draft>Одобрение действует не дольше, чем велит закон.</span>"
    assert f'<a href="#until">{words}</a>' in page
    assert at_field(page).endswith(words)
    assert f"<p>{english(VALIDITY)} </p></details>" in page, "the sentence with its number stands beside them"
    assert VALIDITY not in page.partition("<details>")[0]
    assert '<span class="remedy"><span data-draft>Укажите более ранний конец.</span></span>' in page


def test_a_remedy_that_is_not_translated_gives_way_to_that_of_the_rule_and_is_kept_beside_it(refused):
    page = refused("ru", SUMMARY, entry("approval-validity", remedy="Give a day before 2027-03-01."))
    assert page.count("Укажите более ранний конец.") == 1
    assert english("Give a day before 2027-03-01.") in page.partition("<details>")[2]


def test_a_rule_of_care_says_its_sentence_and_the_numbers_of_the_law_to_who_reads_them(refused, monkeypatch):
    judged = {"home": "KZ-75", "levels": "3", "levels_allowed": "1"}
    sentence = entry("close-to-home", "Close to home (levels 3).", facts=judged)
    assert "Дальше" not in refused("ru", SUMMARY, sentence)
    bounds = [{"name": "close_to_home_levels", "value": "1", "unit": "levels of areas"}, {"name": "breach_due"}]
    monkeypatch.setattr(law_words, "in_force_here", lambda: Card({"close-to-home": {"numbers": bounds}}))
    page = refused("ru", SUMMARY, sentence)
    assert at_field(page).endswith("<span data-draft>Место рядом с домом ребёнка.</span>")
    assert "<span data-draft>Близко к дому</span></a>" in page, "the rule is linked by its name"
    assert "<span data-draft>Дальше всего от дома</span>: <span data-draft>1 уровень</span>" in page
    assert '<span data-draft>Уровней до дома</span>: <span dir="auto">3</span>' in page, "what it was judged by"
    assert "KZ-75" not in page
    assert english("Close to home (levels 3).") in page.partition("<details>")[2]


@pytest.mark.parametrize("rule", ["child-heard", "no-such-rule", None])
def test_words_about_decisions_and_of_rules_that_nobody_knows_stay_in_english_marked(refused, rule):
    page = refused("ru", SUMMARY, entry(rule, "The child was not heard."))
    assert f'<a href="#until">{english("The child was not heard.")}</a>' in page
    assert at_field(page).endswith(english("The child was not heard."))
    assert "<details>" not in page


def test_on_an_english_page_the_service_speaks_itself(refused):
    page = refused("en", SUMMARY, entry("approval-validity", remedy="Give a day before 2027-03-01."))
    assert f'<a href="#until">{VALIDITY}</a>' in page
    assert "Give a day before 2027-03-01." in page
    assert "<details>" not in page
    assert "lang=" not in page


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_a_refusal_was_judged_by_is_said_by_names_of_the_pack_and_not_by_codes(refused, language):
    judged = {"may_decide": "COURT NOTARY", "outcome": "FAMILY_FORM", "overridden_by": "duty_officer supervisor"}
    page = refused(language, SUMMARY, entry("approval-validity", facts=judged))
    assert "Duty officer, Supervisor" in page
    assert not any(code in page for codes in judged.values() for code in codes.split() if code != "supervisor")


def test_a_page_without_a_form_says_a_refusal_in_the_same_words(refused):
    page = refused("ru", FAULT, entry("approval-validity", field=None))
    assert "Одобрение действует не дольше, чем велит закон." in page.partition("<details>")[0]
    assert english(VALIDITY) in page
    alone = refused("ru", FAULT, detail=VALIDITY, code="approval-validity")
    assert "Одобрение действует не дольше, чем велит закон." in alone.partition("<details>")[0]


def facts_of_rules():
    """The names that rules of care give their facts: keys of the mappings that their functions make."""
    for path in sorted(Path(rulebook.__file__).parent.glob("rules*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for each in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
                keys = each.keys if isinstance(each, ast.Dict) else [each.slice] if stores(each) else []
                yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def stores(node):
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


def test_every_fact_that_a_rule_of_care_goes_by_has_a_name(app, monkeypatch):
    monkeypatch.setenv("KINWARD_TESTING", "1")
    names = {*facts_of_rules(), "necessity", "suitability", "may_decide", "outcome", "overridden_by"}
    assert len(names) > 40
    with app.test_request_context(headers={"Accept-Language": "en-XA"}):
        assert sorted(name for name in names if not fact_words.name_of(name).startswith(pseudo.OPEN)) == []
        assert fact_words.name_of("no_such_fact") == "No such fact"


def test_a_fact_is_said_by_the_names_of_the_pack_days_and_words(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = {name: fact_words.value_of(value, name) for name, value in {
            "takes_sex": "F M", "care_form": "DOM_REBENKA", "due": "2026-03-09", "approved_to": "open", "levels": "3",
            "missing": "last_resort best_interests", "home": "KZ-75", "plan": "2026-A",
        }.items()}  # fmt: skip
    assert said == {
        "takes_sex": "Female, Male", "care_form": "Infant home (dom rebenka)", "due": "9 Mar 2026", "levels": "3",
        "approved_to": "open, without an end", "missing": "last resort, in the child's best interests",
        "home": "Almaty", "plan": "2026-A",
    }  # fmt: skip


def test_every_number_of_a_rule_of_care_has_a_name_and_what_the_pack_adds_stands_as_it_is(app):
    names = {name for rule in RULES.values() for name in rule.parameters} - {"child_consent_age"}
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert sorted(name for name in names if law_words.name_of(name) == name.replace("_", " ").capitalize()) == []
        assert law_words.name_of("no_such_number") == "No such number"
        assert law_words.quantity("6", "calendar months") == "6 calendar months"
        assert law_words.quantity("03-01", "month-day in common years") == "03-01 month-day in common years"
