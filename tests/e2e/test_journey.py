"""From two countries' registers to UNICEF's table at the hub: published totals, receipts, refusals.

Every number of Uzbekistan is the published one (services/cli/demo/data); Kazakhstan's children are few here.
"""

import base64
import csv
import gzip
import hashlib
import io
import json
import re
import zipfile
from collections import Counter

import pytest
from pysdmx.io import get_datasets

from services.cli.demo import published
from services.reporting import trust
from services.reporting.federation import receipt
from tests.e2e.played import KAZAKHSTAN
from tests.e2e.running import ask

FIGURES = published.figures()
LEFT = "PT_CHLD_LEFT_RESIDENTIAL"
NATIONAL = "KW_CHLD_LEFT_RESIDENTIAL__"


def uzbek(id_):
    """A published number of Uzbekistan."""
    return FIGURES[f"UZB-2024-{id_}"].value


EXITS = {
    f"{LEFT}_REUNION": uzbek("EXIT-REUNION"),
    f"{NATIONAL}ADOPTION_GUARDIANSHIP_PATRONAGE": uzbek("EXIT-FAMILY"),
    f"{NATIONAL}FAMILY_TYPE_HOME": uzbek("EXIT-FAMHOME"),
    f"{LEFT}_OTHER": uzbek("EXIT-EDU"),
}
"""The parts of 7.1 as published: by UNICEF's code where there is one for it, else by the national one."""


@pytest.fixture(scope="module")
def hub(journey):
    """What the hub shows: (issuer, indicator, sex, age) to the cells of each period."""
    shown = journey.told("hub", "figures", "--deployment", "unicef")["figures"]
    found = {}
    for line in shown["lines"]:
        for column, cell in zip(shown["columns"], line["cells"], strict=True):
            if cell is not None:
                found.setdefault((column["issuer"], line["indicator"], line["sex"], line["age"]), []).append(cell)
    return found


@pytest.fixture(scope="module")
def table(journey):
    """The rows of UNICEF's table."""
    text = journey.table.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def total(hub, indicator, issuer="uz"):
    """The sum of an indicator over the periods, both sexes, of whom it is about as a whole."""
    ages = {age for which, code, sex, age in hub if (which, code, sex) == (issuer, indicator, "_T")}
    whole = next(age for age in ("Y0T17", "Y18T24", "_T") if age in ages)
    return sum(int(cell["value"]) for cell in hub[issuer, indicator, "_T", whole])


def test_the_published_totals_of_uzbekistan_stand_at_the_hub(hub):
    assert total(hub, LEFT) == 2174 == sum(EXITS.values())
    assert {code: total(hub, code) for code in EXITS} == EXITS
    assert total(hub, "PT_YOUNG_LEFT_RESIDENTIAL") == uzbek("EXIT-INDEP") == 118
    assert total(hub, "KW_CHLD_MOVED_RESIDENTIAL") == uzbek("EXIT-TRANSFER") == 156


def test_three_yearly_returns_of_uzbekistan_sum_to_2292_at_all_ages(hub):
    at_all_ages = hub["uz", "KW_CHLD_LEFT_RESIDENTIAL_ALLAGES", "_T", "_T"]
    assert [cell["time_period"] for cell in at_all_ages] == ["2022", "2023", "2024"]
    assert sum(int(cell["value"]) for cell in at_all_ages) == 2292
    assert all(int(cell["value"]) for cell in at_all_ages)


@pytest.mark.parametrize("indicator", [f"{LEFT}_FAMILY", f"{LEFT}_ADOPT"])
def test_what_the_source_joins_is_empty_with_status_o_and_a_footnote(hub, indicator):
    cells = [cell for age in ("Y0T17", "_T") for cell in hub.get(("uz", indicator, "_T", age), ())]
    assert [(cell["value"], cell["obs_status"]) for cell in cells] == [(None, "O")] * 3
    assert all("joined in the source" in cell["obs_footnote"] for cell in cells)


def test_sexes_add_up_to_the_published_totals(hub):
    for code, value in EXITS.items():
        girls_and_boys = [cell for sex in "FM" for cell in hub.get(("uz", code, sex, "Y0T17"), ())]
        assert sum(int(cell["value"]) for cell in girls_and_boys) == value, code


def test_kazakhstan_stands_beside_it_by_form_of_care(hub):
    parts = {
        "PT_CHLD_CARED_GUARDIAN": KAZAKHSTAN["guardianship"],
        "PT_CHLD_CARED_BY_FOSTER": KAZAKHSTAN["foster"],
        "PT_CHLD_INRESIDENTIAL": KAZAKHSTAN["residential"],
        "KW_CHLD_INCARE": sum(KAZAKHSTAN.values()),
    }
    assert {code: total(hub, code, "kz") for code in parts} == parts
    (in_care,) = hub["kz", "KW_CHLD_INCARE", "_T", "Y0T17"]
    assert (in_care["coverage_time"], in_care["obs_status"]) == ("31 October 2011", "D")
    assert "Drawn at random" in in_care["obs_footnote"]


def test_unicefs_table_holds_the_hubs_numbers_and_no_code_of_ours(hub, table):
    assert {row["REF_AREA"] for row in table} == {"KAZ", "UZB"}
    assert not [row for row in table if row["INDICATOR"].startswith("KW_")]
    left = Counter()
    for row in table:
        if (row["REF_AREA"], row["INDICATOR"], row["SEX"], row["AGE"]) == ("UZB", LEFT, "_T", "Y0T17"):
            left[row["TIME_PERIOD"]] += int(row["OBS_VALUE"])
    assert left.keys() == {"2022", "2023", "2024"}
    assert sum(left.values()) == 2174


def test_a_foreign_reader_takes_unicefs_table(journey, table):
    [dataset] = get_datasets(journey.table)
    assert dataset.short_urn == "Dataflow=ECARO:TRANSMONEE(1.0)"
    assert len(dataset.data) == len(table)


@pytest.mark.parametrize(("country", "bundles"), [("kz", 1), ("uz", 3)])
def test_every_bundle_was_accepted_and_its_receipt_is_the_hubs(journey, country, bundles):
    listed = journey.told("bundle", "list", "--deployment", country)
    assert [(row["seq"], row["verdict"]) for row in listed] == [(seq, "accepted") for seq in range(1, bundles + 1)]
    (hub,) = trust.read(journey.stage.home / country / "trust.json")
    for row in listed:
        raw = journey.bundle(country, row["seq"])
        digest = hashlib.sha256(raw).hexdigest()
        answer = journey.deliver(country, raw)
        assert receipt.verify(answer.body, hub.key, digest).verdict == "accepted"


def test_the_same_bundle_sent_again_gets_the_same_receipt_and_changes_nothing(journey):
    raw = journey.bundle("uz", 2)
    before = figures_of(journey)
    first, second = journey.deliver("uz", raw), journey.deliver("uz", raw)
    assert (first.status, first.body) == (second.status, second.body) == (201, first.body)
    assert figures_of(journey) == before


def test_a_bundle_whose_figures_were_changed_on_the_way_is_refused(journey):
    before = figures_of(journey)
    raw = journey.bundle("uz", 1)
    answer = journey.deliver("uz", with_one_figure_raised(raw))
    assert verdict_of(answer) == "refused-files"
    assert figures_of(journey) == before


def test_whoever_carries_a_bundle_the_receipt_is_about_who_signed_it(journey):
    raw = journey.bundle("uz", 1)
    assert journey.deliver("kz", raw).body == journey.deliver("uz", raw).body


def test_at_its_end_the_demo_tells_addresses_that_answer_and_tokens_that_open(journey, capsys):
    journey.tell_addresses()
    told = capsys.readouterr().out
    pages = re.findall(r"portal +(http://\S+)", told)
    assert pages == [f"{each.pages}/" for each in journey.stage.played]  # its portals are opened after the journey
    addresses = [each for each in re.findall(r"http://\S+", told) if each not in pages]
    assert len(addresses) == 6
    assert {ask(address).status for address in addresses} == {200}
    tokens = dict(re.findall(r"^  (\w+) +(eyJ\S+)$", told.split("UNICEF hub")[0].split("Uzbekistan")[0], re.MULTILINE))
    asked = f"{journey.address('kz')}/reporting/figures?period=2011"
    assert ask(asked, token=tokens["analyst"]).status == 200
    assert ask(asked, token=tokens["registrar"]).status == 403
    assert str(journey.table) in told


def test_a_hub_outside_demo_mode_refuses_figures_without_disclosure_control(journey):
    journey.stage.answer("period", "close", "--deployment", "uz", "--period", "2021", "--note", "Nothing happened.")
    journey.bundle("uz", 4)
    file = str(journey.out / "uz-4.zip")
    status, words = journey.status("bundle", "ingest", file, "--deployment", "unicef", KINWARD_DEMO="0")
    assert status == 1
    assert "refused-unprotected" in words


def figures_of(journey):
    """The hub's figures in effect."""
    return journey.told("hub", "figures", "--deployment", "unicef")["figures"]


def verdict_of(answer):
    """The verdict that a receipt tells."""
    payload = json.loads(answer.body)["payload"]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["verdict"]


def with_one_figure_raised(raw):
    """The bundle with one more child in one figure; manifest and signature as they were."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as read, zipfile.ZipFile(changed, "w") as written:
        for info in read.infolist():
            content = read.read(info)
            written.writestr(info, _raised(content) if info.filename == "cells.csv.gz" else content)
    return changed.getvalue()


def _raised(content):
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(content).decode(), newline="")))
    row = next(row for row in rows if row["OBS_VALUE"].isdigit())
    row["OBS_VALUE"] = str(int(row["OBS_VALUE"]) + 1)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode(), mtime=0)
