"""Figures as lines of a table: bars, changes, what a mark means."""

from services.portal import figure_lines

ROWS = ({"code": "A", "name": "Children in care"}, {"code": "B", "name": "Children who left"})


def item(indicator, value, sex="_T", age="Y0T17", status="A", unit="PS", footnote=""):
    return {
        "indicator": indicator, "value": value, "sex": sex, "age": age, "status": status, "unit": unit,
        "footnote": footnote,
    }  # fmt: skip


def test_the_largest_total_of_a_unit_has_the_whole_bar_and_others_their_share(app):
    with app.test_request_context():
        first, second = figure_lines.lines([item("B", "30"), item("A", "120")], [], ROWS)
    assert (first.name, first.share, second.share) == ("Children in care", 100, 25)


def test_the_change_is_against_the_period_before_and_absent_where_that_is_not_known(app):
    with app.test_request_context():
        first, second = figure_lines.lines(
            [item("A", "120"), item("B", "30")], [item("A", "150"), item("B", None, status="O")], ROWS
        )
    assert (first.change, second.change) == (-30, None)


def test_a_cell_that_is_held_back_has_a_mark_and_the_mark_its_words(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        found = figure_lines.lines([item("A", None, status="Q"), item("A", "3", sex="F")], [], ROWS)
        (line,) = found
        assert (line.value(), line.status(), line.status("F")) == (None, "Q", "")
        assert "protect children" in figure_lines.statuses(found)["Q"]


def test_parts_of_an_age_are_left_to_the_download(app):
    with app.test_request_context():
        assert figure_lines.lines([item("A", "1", age="Y0T2")], [], ROWS) == []
