"""Reporters by periods: what a cell of the hub's table says, and when the figures of a period are incomplete."""

from services.portal import reporters


def received(period, *, reported=10, late=0, revision=1, overdue=False, due="2025-09-30"):
    return {
        "period": period, "revision": revision, "received_at": "2025-08-01T09:00:00+00:00", "expected": 10,
        "reported": reported, "late": late, "overdue": overdue, "due": due,
    }  # fmt: skip


def awaited(period, *, overdue=True):
    return {"period": period, "due": "2025-09-30", "overdue": overdue}


def reporter(issuer, periods=(), awaits=(), state="complete"):
    return {"issuer": issuer, "state": state, "periods": list(periods), "awaited": list(awaits)}


def cells(*items):
    rows, sums = reporters.table(items)
    return {(row.reporter["issuer"], cell.period): cell for row in rows for cell in row.cells}, sums


def test_each_cell_says_what_came_and_what_did_not():
    found, _ = cells(
        reporter(
            "kz", [received("2022", overdue=True), received("2023", revision=2)], [awaited("2024", overdue=False)]
        ),
        reporter("uz", [received("2023", reported=9)], [awaited("2022"), awaited("2024", overdue=False)]),
    )
    assert {key: cell.state for key, cell in found.items()} == {
        ("kz", "2022"): "received", ("kz", "2023"): "received", ("kz", "2024"): "awaited",
        ("uz", "2022"): "missing", ("uz", "2023"): "partial", ("uz", "2024"): "awaited",
    }  # fmt: skip
    assert [key for key, cell in found.items() if cell.late] == [("kz", "2022")]
    assert [key for key, cell in found.items() if cell.revised] == [("kz", "2023")]


def test_a_period_that_nobody_was_to_report_is_not_missing():
    found, sums = cells(reporter("kz", [received("2011", due=None)]), reporter("uz", state="missing"))
    assert found["uz", "2011"].state == "not-expected"
    assert [(each.period, each.there, each.expected, each.complete) for each in sums] == [("2011", 1, 1, True)]


def test_figures_of_a_period_are_incomplete_where_a_reporter_is_missing_late_in_parts_or_partial():
    _, sums = cells(
        reporter("kz", [received("2022"), received("2023", reported=9), received("2024", late=1)]),
        reporter("uz", [received("2023"), received("2024")], [awaited("2022")]),
    )
    assert [(each.there, each.expected, each.complete) for each in sums] == [(1, 2, False)] * 3


def test_who_is_overdue_is_who_has_a_missing_period_and_not_who_may_still_send():
    rows, _ = reporters.table(
        [reporter("kz", [], [awaited("2024", overdue=False)]), reporter("uz", [], [awaited("2023")])]
    )
    assert [row.overdue for row in rows] == [[], ["2023"]]
