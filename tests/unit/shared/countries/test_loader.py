"""Loading: inheritance, overrides by key, and errors that name file, key and rule."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared import countries
from shared.errors import ConfigurationError


def test_a_pack_inherits_every_list_of_the_base(shipped: Path) -> None:
    base, kz = countries.load("_base", shipped), countries.load("kz", shipped)
    for name, rows in base.lists.items():
        assert rows.keys() <= kz.codes(name).keys()
    assert kz.chain == ("_base", "kz")


def test_a_row_with_the_same_code_replaces_that_of_the_base(shipped: Path) -> None:
    base, uz = countries.load("_base", shipped), countries.load("uz", shipped)
    assert base.codes("exit_destination")["EDUCATION"]["note"] != uz.codes("exit_destination")["EDUCATION"]["note"]
    assert list(uz.codes("exit_destination"))[:3] == list(base.codes("exit_destination"))[:3]


def test_a_joined_national_code_names_all_it_may_mean(shipped: Path) -> None:
    row = countries.load("uz", shipped).codes("exit_destination")["ADOPTION_GUARDIANSHIP_PATRONAGE"]
    assert row["counts_as"].split() == ["FAMILY", "ADOPT"]


def test_has_tells_known_codes_from_others(shipped: Path) -> None:
    kz, uz = countries.load("kz", shipped), countries.load("uz", shipped)
    assert kz.has("care_form", "DOM_REBENKA")
    assert not uz.has("care_form", "DOM_REBENKA")


def test_an_unknown_list_is_an_error_and_not_an_unknown_code(shipped: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        countries.load("kz", shipped).has("care_from", "FOSTER")
    assert caught.value.rule == "known-list"


def test_identity_comes_from_the_pack_itself(shipped: Path) -> None:
    kz = countries.load("kz", shipped)
    assert (kz.iso3, kz.zone, kz.kind) == ("KAZ", ZoneInfo("Asia/Almaty"), "country")


def test_the_hub_runs_reporting_alone_and_names_whom_it_expects(shipped: Path) -> None:
    hub = countries.load("unicef", shipped)
    assert hub.kind == "hub"
    assert hub.services == ("reporting",)
    assert {entry["deployment"]: entry["iso3"] for entry in hub.expects} == {"kz": "KAZ", "uz": "UZB"}


def test_a_role_of_a_pack_replaces_the_whole_role_of_the_base(root: Path, append) -> None:
    append("kz/roles.toml", '[analyst]\nlabel = "A"\nscope = "area"\npermissions = []\n')
    roles = countries.load("kz", root).roles
    assert roles["analyst"]["permissions"] == []
    assert roles["registrar"]["scope"] == "area"


def test_statistics_merge_key_by_key(root: Path, append) -> None:
    append("kz/statistics.toml", '[calendar]\nreference_day = "06-30"\nbasis = "project default"\n')
    kz = countries.load("kz", root)
    assert kz.statistics["calendar"]["reference_day"] == "06-30"
    assert kz.statistics["calendar"]["period"] == "year"
    assert kz.statistics["period"]["2011"]["obs_status"] == "D"


def test_an_indicator_of_the_pack_replaces_or_extends_those_of_the_base(root: Path) -> None:
    (root / "_base/indicators.csv").write_text("code,label\nA,base a\nB,base b\n", encoding="utf-8")
    (root / "kz/indicators.csv").write_text("code,label\nB,own b\nC,own c\n", encoding="utf-8")
    rows = countries.load("kz", root).indicators
    assert [(row["code"], row["label"]) for row in rows] == [("A", "base a"), ("B", "own b"), ("C", "own c")]


def test_a_term_falls_back_to_the_label_of_the_code(shipped: Path) -> None:
    kz = countries.load("kz", shipped)
    assert kz.term("care_form/OPEKA", "ru") == "Опека"
    assert kz.term("care_form/FOSTER", "ru") == "Foster care"
    assert kz.term("no such key", "ru") == "no such key"


def test_a_pack_cannot_be_changed(shipped: Path) -> None:
    kz = countries.load("kz", shipped)
    with pytest.raises(TypeError):
        kz.codes("sex")["X"] = {}  # type: ignore[index]
    with pytest.raises(AttributeError):
        kz.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "rule"),
    [
        ("kz/pack.toml", 'zone = "Asia/Almaty"', 'zone = "Asia/Nowhere"', "kz/pack.toml#zone", "zone"),
        ("kz/pack.toml", 'name = "Kazakhstan"', "", "kz/pack.toml#name", "required"),
        ("kz/pack.toml", 'inherits = "_base"', 'inherits = "kz"', "kz/pack.toml#inherits", "no-circle"),
        ("kz/pack.toml", 'inherits = "_base"', 'inherits = "base"', "base/pack.toml", "pack-exists"),
        ("kz/pack.toml", 'kind = "country"', "kind = country", "kz/pack.toml", "readable"),
        ("kz/pack.toml", 'zone = "Asia/Almaty"', "zone = 2024-03-01", "kz/pack.toml#zone", "type"),
        ("kz/pack.toml", "services = [", "services = [1, ", "kz/pack.toml#services", "type"),
        ("kz/parameters.toml", 'unit = "years"', "unit = 1", "kz/parameters.toml#infant_home_until_age", "type"),
        ("kz/areas.csv", "2022-06-08", "8 June 2022", "kz/areas.csv#line 2, from", "date"),
        ("kz/areas.csv", "code,name", "key,name", "kz/areas.csv#code", "columns"),
        ("kz/areas.csv", "Aqmola oblysy,", "Aqmola, oblysy,", "kz/areas.csv#line 3", "columns"),
        ("kz/terms.csv", "key,language", "key,key", "kz/terms.csv#line 1", "columns"),
    ],
)
def test_a_broken_file_is_named_with_key_and_rule(root: Path, change, file, old, new, field, rule) -> None:
    change(file, old, new)
    with pytest.raises(ConfigurationError) as caught:
        countries.load("kz", root)
    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert caught.value.remedy


def test_a_file_that_is_not_utf_8_is_named(root: Path) -> None:
    (root / "kz/terms.csv").write_bytes("key,language,text,basis,source\na,ru,Опека,x,\n".encode("cp1251"))
    with pytest.raises(ConfigurationError, match=r"kz/terms\.csv"):
        countries.load("kz", root)


def test_a_byte_order_mark_of_a_spreadsheet_or_an_editor_does_no_harm(root: Path) -> None:
    for name in ("areas.csv", "pack.toml"):
        path = root / "kz" / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert countries.load("kz", root).has_area("KZ-71")
