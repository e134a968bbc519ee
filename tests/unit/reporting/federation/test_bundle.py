"""Building a bundle: the same arguments make the same bytes, and nothing leaves that a hub would refuse."""

from datetime import date

import pytest

from services.reporting.federation import archive, documents, manifest, structure
from services.reporting.federation.period import Period
from shared.errors import Invalid
from tests.unit.reporting.federation import given


def test_the_same_figures_make_the_same_bytes_in_any_order():
    figures = [given.cell(sex=sex) for sex in ("F", "M", "_T")]
    assert given.built(figures).raw == given.built(figures[::-1]).raw


def test_the_manifest_says_what_the_format_promises():
    sent = given.built()
    said = archive.unpack(sent.raw)["manifest.json"]
    document = documents.parse(said, "manifest.json")
    packed = archive.unpack(sent.raw)["cells.csv.gz"]
    assert document.pop("files")[1] == {
        "name": "cells.csv.gz",
        "bytes": len(packed),
        "sha256": documents.sha256(packed),
        "rows": 1,
    }
    assert document == {
        "spec": "kinward-bundle/1",
        "issuer": "kz",
        "audience": "unicef",
        "seq": 1,
        "prev": None,
        "dataset": "KINWARD:CARE(1.0)",
        "dsd_sha256": structure.care().sha256,
        "codelists": dict(structure.care().codelists),
        "period": "2011-01-01/P1Y",
        "revision": 1,
        "supersedes": None,
        "as_of": [{"source": "urn:kinward:kz:placements", "epoch": given.EPOCH, "sequence": 41017}],
        "created_at": "2012-01-15T09:30:00Z",
        "coverage": {"expected": 17, "reported": 16, "late": 1, "list": ["KAZ"]},
        "includes": [],
        "sdc": None,
        "code_version": "0.1.0",
    }
    assert sent.manifest_sha256 == documents.sha256(said)
    assert sent.sha256 == documents.sha256(sent.raw)


def test_a_manifest_reads_back_as_it_was_said():
    sent = given.built()
    assert manifest.to_bytes(sent.manifest) == archive.unpack(sent.raw)["manifest.json"]


def test_a_figure_outside_the_stated_areas_or_period_is_not_sent():
    with pytest.raises(Invalid, match="coverage does not list"):
        given.built([given.cell(ref_area="UZB")])
    with pytest.raises(Invalid, match="not 2011"):
        given.built([given.cell(time_period="2012")])


def test_a_statement_that_breaks_the_schema_is_not_sent():
    with pytest.raises(Invalid, match=r"at \$\.issuer"):
        given.built(issuer="Қазақстан")
    with pytest.raises(Invalid, match="reported than expected"):
        given.built(coverage=manifest.Coverage(1, 2, 0, ("KAZ",)))


@pytest.mark.parametrize(
    ("period", "time_period", "freq"),
    [
        (Period.year(2011), "2011", "A"),
        (Period(date(2011, 7, 1)), "2011", "A"),
        (Period(date(2011, 10, 1), "P3M"), "2011-Q4", "Q"),
        (Period(date(2011, 10, 1), "P1M"), "2011-10", "M"),
    ],
)
def test_a_period_has_its_sdmx_name_and_reads_back(period, time_period, freq):
    assert (period.time_period, period.freq) == (time_period, freq)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "text", ["2011", "2011-01-01/2011-12-31", "2011-02-30/P1Y", "2011-01-15/P1Y", "2011-01-01/P2Y"]
)
def test_any_other_interval_is_no_reporting_period(text):
    with pytest.raises(Invalid):
        Period.parse(text)
