"""Paper: what the page says is what was given, and nothing in it is code."""

import pytest

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
