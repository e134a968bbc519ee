"""Paper: what the page says is what was given, and nothing in it is code."""

import pytest

from shared import held
from shared.documents import Section, paper
from shared.documents.printing import refuse


def test_words_stay_words_and_each_value_runs_in_its_own_direction():
    page = paper.html("<b>", "a & b", [Section("S", [[("name", "<script>x</script>"), ("نام", "آيگول\n2")]])], "kk")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "a &amp; b" in page
    assert '<td dir="auto">آيگول<br>2</td>' in page
    assert page.startswith('<!doctype html><html lang="kk">')


def test_a_page_may_load_nothing():
    with pytest.raises(ValueError, match="nothing is loaded"):
        refuse("file:///etc/passwd")


def test_records_become_sections_the_persons_own_first_with_what_is_empty_left_out():
    records = {
        "alert": [{"stage": "raised", "told": []}],
        "child": [{"identity": {"names": [{"given": "Айгүл", "father": ""}]}, "siblings": ["a", "b"], "death": None}],
    }
    child, alert = held.sections(records, "registry")
    assert (child.title, alert.title) == ("Registry child", "Registry alert")
    assert child.entries == [[("Identity Names 1 Given", "Айгүл"), ("Siblings", "a, b")]]
    assert alert.entries == [[("Stage", "raised")]]
