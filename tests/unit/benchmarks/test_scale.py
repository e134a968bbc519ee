"""What a country needs follows from what was measured; docs/scale.md says so and is not stale."""

from dataclasses import replace

import pytest

from benchmarks import scale, scale_page
from benchmarks.scale import Assumptions, measured, needs, unexplained

FIGURES = measured()
COUNTRY = Assumptions()
NEEDS = needs(COUNTRY, FIGURES)


def test_the_page_is_what_is_computed_now():
    page = (scale.DOCS / "scale.md").read_text(encoding="utf-8")
    assert page == scale_page.page(COUNTRY, FIGURES), "stale: python -m benchmarks.scale"
    assert page != scale_page.page(COUNTRY, FIGURES | {"event_bytes": 500.0})


def test_a_figure_that_its_page_no_longer_has_is_named(tmp_path):
    for page in ("performance", "operations"):
        text = (scale.DOCS / f"{page}.md").read_text(encoding="utf-8")
        (tmp_path / f"{page}.md").write_text(text.replace("rounds a second over", "rounds"), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"docs/performance\.md no longer says rounds_per_s"):
        measured(tmp_path)


def test_figures_are_read_as_they_stand():
    assert (FIGURES["applied_per_s"], FIGURES["search_ms"], FIGURES["audited_per_s"]) == (18641, 26.7, 300)


def test_every_assumption_has_a_source_and_every_source_an_assumption():
    assert unexplained() == set()


def test_a_small_country_by_hand():
    given = Assumptions(
        people=1_000_000, under_18=0.4, in_care=0.01, known=1, stay_years=4, years=10, caseload=20, care_events=10,
        case_events=5, pages=72, asked=2, reading=0.5, portal_ms=50, days=200, hours=1, peak=2, busy=0.5, widest=0.5,
    )  # fmt: skip
    figures = FIGURES | {
        "rounds_per_s": 25.0, "weighed_events": 6.0, "weighed_lines": 2.0, "event_bytes": 1024.0, "rebuilt_per_s": 63.0,
    }  # fmt: skip
    found = needs(given, figures)
    assert (found.in_care, found.open_cases, found.workers) == (4_000, 4_000, 400)
    assert found.register == 8_000 + 2_000 * 10
    assert found.events_a_year == 4_000 * 10 + 4_000 * 5 + 1_000 * 3
    assert found.events_a_day == 315
    assert found.pages_per_s == 400 * 72 / 3600 * 2 == 16
    assert (found.requests_per_s, found.reads_per_s, found.request_ms) == (32, 8, 10)
    assert (found.api_cores, found.api_pods, found.registry_pods, found.portal_pods) == (0.32, 1, 1, 2)
    assert found.rebuild_h == 630_000 / 63 / 3600
    assert found.log_gib == 630_000 / 1024**2


@pytest.mark.parametrize(
    "name", ["in_care", "register", "events_a_year", "requests_per_s", "log_gib", "audit_gib_a_year", "import_min"]
)
def test_twice_the_people_need_twice_as_much(name):
    twice = needs(replace(COUNTRY, people=2 * COUNTRY.people), FIGURES)
    assert getattr(twice, name) == pytest.approx(2 * getattr(NEEDS, name))


def test_the_fullest_part_comes_first_and_says_with_how_many_people_it_is_full():
    found = scale_page.limits(FIGURES, NEEDS)
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    full = found[0].people(COUNTRY.people)
    again = scale_page.limits(FIGURES, needs(replace(COUNTRY, people=full), FIGURES))
    assert {each.part: each.share for each in again}[found[0].part] == pytest.approx(1)
    assert all(each.then for each in found)


def test_the_connections_are_those_that_the_overlay_of_a_country_offers():
    overlay = (scale.DOCS.parent / "deploy/k8s/overlays/country/kustomization.yaml").read_text(encoding="utf-8")
    (offered,) = [each.given for each in scale_page.limits(FIGURES, NEEDS) if each.part.startswith("connections")]
    assert f'max_connections, value: "{offered:.0f}"' in overlay
