"""The check of a pack, each rule seen failing on a copy with one mistake."""

import re
from pathlib import Path

import pytest

from shared import countries

ONE_MISTAKE = [
    # pack.toml
    ("kz/pack.toml", 'kind = "country"', 'kind = "land"', "schema-enum", "kind"),
    ("kz/pack.toml", 'iso3 = "KAZ"', 'iso3 = "Kaz"', "schema-pattern", "iso3"),
    ("kz/pack.toml", 'iso3 = "KAZ"', "", "schema-required", ""),
    ("kz/pack.toml", 'name = "Kazakhstan"', 'nome = "Kazakhstan"', "schema-additionalProperties", ""),
    ("kz/pack.toml", 'id = "kz"', 'id = "kaz"', "id-is-folder", "id"),
    ("kz/pack.toml", "Asia/Almaty", "Asia/Almati", "zone", "zone"),
    ("kz/pack.toml", '"placements",', '"placement",', "known-service", "services"),
    ("kz/pack.toml", 'inherits = "_base"', 'inherits = "base"', "pack-exists", "inherits"),
    ("kz/pack.toml", 'inherits = "_base"', 'inherits = "kz"', "no-circle", "inherits"),
    ("kz/pack.toml", 'name = "Kazakhstan"', "name = Kazakhstan", "readable", ""),
    # basis and source
    ("kz/areas.csv", ",source,ISO 3166-2", ",source,", "source", "line 3 (KZ-11), source"),
    ("kz/areas.csv", ",source,ISO 3166-2", ",hearsay,ISO 3166-2", "basis", "line 3 (KZ-11), basis"),
    ("kz/codes/care_form.csv", "yes,yes,project default", "yes,yes,", "basis", "line 2 (OPEKA), basis"),
    ("kz/parameters.toml", 'basis = "source"', "", "basis", "infant_home_until_age/0"),
    ("kz/parameters.toml", 'source = "adilet.zan.kz V1700016278"', "", "source", "infant_home_until_age/0"),
    ("kz/parameters.toml", "value = 3", "", "schema-required", "infant_home_until_age/0"),
    ("kz/statistics.toml", 'basis = "source"', "", "basis", "period/2011"),
    (
        "kz/denominators.csv",
        ",source,Bureau",
        ",,Bureau",
        "basis",
        "line 11 (DM_CHLD_NSO _T _T Y0T17 2024-01-01), basis",
    ),
    ("kz/terms.csv", "to be confirmed", "confirmed", "basis", "line 2 (care_form/GUARDIANSHIP ru), basis"),
    # code lists
    ("kz/codes/care_form.csv", "BY_CARER", "KIN", "known-code", "line 2 (OPEKA), bucket"),
    ("kz/codes/care_form.csv", ",CARER_FAMILY,", ",CARER,", "known-code", "line 2 (OPEKA), provider_kind"),
    ("kz/codes/care_form.csv", ",CARER_FAMILY,", ",,", "columns", "line 2 (OPEKA), provider_kind"),
    ("kz/codes/care_form.csv", ",GUARDIANSHIP,", ",guardianship,", "pattern", "line 2 (OPEKA), national"),
    ("kz/codes/care_form.csv", "provider_kind", "kind", "columns", "line 2 (OPEKA)"),
    ("kz/codes/care_form.csv", ",1,long_term,", ",5,long_term,", "known-code", "line 2 (OPEKA), preference"),
    ("kz/codes/care_form.csv", ",long_term,", ",yearly,", "known-code", "line 2 (OPEKA), review"),
    ("kz/codes/care_form.csv", ",long_term,no,", ",long_term,,", "columns", "line 2 (OPEKA), emergency"),
    ("uz/codes/exit_destination.csv", "FAMILY ADOPT", "FAMILY,ADOPT", "columns", "line 3"),
    (
        "uz/codes/exit_destination.csv",
        "FAMILY ADOPT",
        "FAMILY ADOPTED",
        "known-code",
        "line 3 (ADOPTION_GUARDIANSHIP_PATRONAGE), counts_as",
    ),
    ("kz/codes/care_form.csv", "POPECHITELSTVO,", "OPEKA,", "no-duplicate", "line 3 (OPEKA)"),
    ("kz/terms.csv", "care_form/PATRONAT,ru", "care_form/PATRON,ru", "known-code", "line 8 (care_form/PATRON ru)"),
    # areas
    ("kz/areas.csv", "Aqmola oblysy,region,,", "Aqmola oblysy,region,KZ-99,", "known-parent", "line 3 (KZ-11)"),
    ("kz/areas.csv", "KZ-19 KZ-33", "KZ-19 KZ-34", "known-successor", "line 5 (KZ-19)"),
    ("kz/areas.csv", "2022-06-08,KZ-19 KZ-33", ",KZ-19 KZ-33", "successors-need-to", "line 5 (KZ-19)"),
    ("kz/areas.csv", "2022-06-08,KZ-19 KZ-33", "2023-06-08,KZ-19 KZ-33", "no-overlap", "line 6 (KZ-19 2022-06-08)"),
    (
        "kz/areas.csv",
        "KZ-10,Abay oblysy,region,,2022-06-08,,",
        "KZ-10,Abay oblysy,region,,2022-06-08,2022-06-08,",
        "from-before-to",
        "line 2 (KZ-10 2022-06-08)",
    ),
    ("kz/areas.csv", "Aqmola oblysy,region,,", "Aqmola oblysy,region,KZ-11,", "no-circle", "line 3 (KZ-11)"),
    ("kz/areas.csv", "2022-06-08", "08.06.2022", "schema-pattern", "line 2 (KZ-10 08.06.2022), from"),
    ("kz/areas.csv", "2022-06-08", "2022-13-08", "date", "line 2, from"),
    ("kz/areas.csv", "KZ-15,", "KZ-11,", "no-duplicate", "line 4 (KZ-11)"),
    # parameters
    (
        "uz/parameters.toml",
        "from = 2025-02-01",
        "from = 2025-02-01\nto = 2025-02-01",
        "from-before-to",
        "guardian_appointment[0]",
    ),
    ("uz/parameters.toml", 'applies_to = "new"', "", "schema-dependentRequired", "guardian_appointment/0"),
    (
        "uz/parameters.toml",
        "from = 2025-02-01",
        "from = 2025-02-01T00:00:00\nto = 2025-03-01",
        "schema-format",
        "guardian_appointment/0/from",
    ),
    (
        "uz/parameters.toml",
        "from = 2025-02-01",
        'from = 2025-02-01\nareas = ["UZ-XX"]',
        "known-area",
        "guardian_appointment[0]",
    ),
    (
        "uz/parameters.toml",
        "from = 2025-02-01",
        'overridable = true\noverride_by = ["boss"]',
        "known-role",
        "guardian_appointment[0]",
    ),
    (
        "uz/parameters.toml",
        "from = 2025-02-01",
        'override_by = ["supervisor"]',
        "schema-required",
        "guardian_appointment/0",
    ),
    (
        "uz/parameters.toml",
        'applies_to = "new"',
        'applies_to = "old"',
        "schema-enum",
        "guardian_appointment/0/applies_to",
    ),
    ("uz/parameters.toml", "[[trusteeship_age]]", "[trusteeship_age]", "schema-type", "trusteeship_age"),
    (
        "uz/parameters.toml",
        'unit = "calendar months"',
        "unit = 2025-02-01",
        "schema-type",
        "guardian_appointment/0/unit",
    ),
    # statistics and denominators
    ("kz/statistics.toml", "[period.2011]", "[period.y2011]", "schema-pattern", "period"),
    (
        "kz/statistics.toml",
        "reference_day = 2011-10-31",
        'reference_day = "31 October"',
        "schema-format",
        "period/2011/reference_day",
    ),
    ("uz/statistics.toml", "coverage_note", "coverage_text", "schema-additionalProperties", "period/2022"),
    (
        "kz/denominators.csv",
        "6841527",
        "6 841 527",
        "schema-pattern",
        "line 11 (DM_CHLD_NSO _T _T Y0T17 2024-01-01), value",
    ),
    (
        "kz/denominators.csv",
        "DM_CHLD_NSO,_T",
        "DM_CHLD_NSO,KZ-99",
        "known-area",
        "line 11 (DM_CHLD_NSO KZ-99 2024-01-01)",
    ),
    (
        "kz/denominators.csv",
        "DM_POP_U18,_T,M",
        "DM_POP_U18,_T,F",
        "no-duplicate",
        "line 3 (DM_POP_U18 _T F Y0T17 2020-07-01)",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "rule", "key"), ONE_MISTAKE)
def test_one_mistake_is_found_and_named(root: Path, change, file: str, old: str, new: str, rule: str, key: str) -> None:
    change(file, old, new)
    found = countries.check(file.split("/", maxsplit=1)[0], root)
    assert (file, key, rule) in [(finding.file, finding.key, finding.rule) for finding in found], found
    assert all(finding.message and finding.remedy for finding in found)


ONE_ADDITION = [
    ("kz/codes/care_from.csv", "code,label,basis,source\nA,A,project default,\n", "known-list", "care_from"),
    ("kz/lists.toml", '[visit_kind]\nlabel = "Kind of visit"\n', "list-has-codes", "visit_kind"),
    ("kz/lists.toml", "[visit_kind]\n", "schema-required", "visit_kind"),
    (
        "kz/areas.csv",
        "KZ-1A,A,d,KZ-1B,,,,project default,,,,\nKZ-1B,B,d,KZ-1A,,,,project default,,,,\n",
        "no-circle",
        "line 26 (KZ-1A)",
    ),
    (
        "kz/parameters.toml",
        '[[guardian_review]]\nvalue = 6\nunit = "months"\nbasis = "project default"\n',
        "no-overlap",
        "guardian_review[1]",
    ),
    ("kz/roles.toml", '[judge]\nlabel = "Judge"\nscope = "court"\npermissions = []\n', "schema-enum", "judge/scope"),
    (
        "kz/roles.toml",
        '[judge]\nlabel = "Judge"\nscope = "own"\npermissions = ["Read all"]\n',
        "schema-pattern",
        "judge/permissions/0",
    ),
    (
        "kz/roles.toml",
        '[judge]\nlabel = "Judge"\nscope = "own"\npermissions = ["registery.child.read"]\n',
        "known-service",
        "judge",
    ),
    (
        "kz/roles.toml",
        '[judge]\nlabel = "J"\nscope = "own"\nrecords = "scope"\nfields = ["diary"]\npermissions = []\n',
        "known-field-group",
        "judge",
    ),
    (
        "kz/roles.toml",
        '[judge]\nlabel = "J"\nscope = "own"\nrecords = "none"\nfields = ["identity"]\npermissions = []\n',
        "schema-maxItems",
        "judge/fields",
    ),
    ("kz/roles.toml", '[judge]\nlabel = "J"\nscope = "own"\npermissions = []\n', "schema-required", "judge"),
    ("kz/indicators.csv", "code,label\nA,a\nA,b\n", "no-duplicate", "line 3 (A)"),
    ("kz/indicators.csv", "code,label\nA,a\n", "basis", "line 2 (A)"),
    ("kz/indicators.csv", "code,basis,source\na b,project default,\n", "schema-pattern", "line 2 (a b), code"),
    ("kz/terms.csv", '"a\n', "readable", ""),
]


@pytest.mark.parametrize(("file", "text", "rule", "key"), ONE_ADDITION)
def test_one_addition_that_is_wrong_is_found_and_named(
    root: Path, append, file: str, text: str, rule: str, key: str
) -> None:
    append(file, text)
    found = countries.check("kz", root)
    assert (file, key, rule) in [(finding.file, finding.key, finding.rule) for finding in found], found


def test_values_for_different_areas_or_days_do_not_overlap(root: Path, append) -> None:
    entry = '[[limit]]\nvalue = 1\nunit = "days"\nbasis = "project default"\n'
    for rest in (
        "",
        'areas = ["KZ-71"]\nto = 2020-01-01\n',
        'areas = ["KZ-71"]\nfrom = 2020-01-01\napplies_to = "new"\n',
        'areas = ["KZ-75"]\n',
    ):
        append("kz/parameters.toml", entry + rest)
    assert countries.check("kz", root) == []


def test_a_plan_that_names_no_indicator_is_found_where_a_catalogue_exists(root: Path, change) -> None:
    (root / "_base/indicators.csv").unlink(missing_ok=True)
    change("kz/statistics.toml", "PT_CHLD_INKINSHIP", "PT_CHLD_KIN*")
    assert countries.check("kz", root) == []
    (root / "_base/indicators.csv").write_text("code,label\nPT_CHLD_INRESIDENTIAL,a\n", encoding="utf-8")
    found = [finding for finding in countries.check("kz", root) if finding.rule == "known-indicator"]
    assert any("PT_CHLD_KIN*" in finding.message for finding in found)
    assert not any(finding.message.endswith("PT_CHLD_INRESIDENTIAL") for finding in found)


def test_a_planned_series_may_belong_to_a_family_of_the_catalogue(root: Path, change) -> None:
    change("uz/statistics.toml", "KW_CHLD_LEFT_RESIDENTIAL__*", "KW_CHLD_LEFT_RESIDENTIAL__EDUCATION")
    (root / "_base/indicators.csv").write_text("code\nKW_CHLD_LEFT_RESIDENTIAL__*\n", encoding="utf-8")
    found = [finding.message for finding in countries.check("uz", root)]
    assert not any("EDUCATION" in message for message in found)
    assert any("KW_CHLD_MOVED_RESIDENTIAL" in message for message in found)


def test_a_folder_without_a_pack_is_a_finding(root: Path) -> None:
    assert next(finding.rule for finding in countries.check("xx", root)) == "pack-exists"


def test_the_check_does_not_stop_at_the_first_mistake(root: Path, change) -> None:
    change("kz/pack.toml", "Asia/Almaty", "Asia/Almati")
    change("kz/areas.csv", "KZ-19 KZ-33", "KZ-19 KZ-34")
    change("kz/codes/care_form.csv", "BY_CARER", "KIN")
    change("kz/parameters.toml", 'basis = "source"', 'basis = "hearsay"')
    assert len({finding.file for finding in countries.check("kz", root)}) == 4


@pytest.mark.parametrize("pack_id", ["_base", "kz"])
def test_a_mistake_in_the_base_is_told_for_every_pack_that_inherits_it(root: Path, change, pack_id: str) -> None:
    change("_base/codes/sex.csv", "F,Female,source", "F,Female,")
    assert [finding.file for finding in countries.check(pack_id, root)] == ["_base/codes/sex.csv"]


WRONG_TYPES = ["1", '"text"', "[1, 2]", "{ a = 1 }", "true", "2020-01-01"]


@pytest.mark.parametrize("name", ["pack.toml", "lists.toml", "parameters.toml", "statistics.toml", "roles.toml"])
def test_a_value_of_a_wrong_type_never_stops_the_check(root: Path, name: str) -> None:
    path = root / "_base" / name
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [at for at, line in enumerate(lines) if re.match(r"\w+ = .*[^\[]$", line)]
    for turn, at in enumerate(keys[:40]):
        key = lines[at].split(" = ")[0]
        spoiled = [*lines[:at], f"{key} = {WRONG_TYPES[turn % len(WRONG_TYPES)]}", *lines[at + 1 :]]
        path.write_text("\n".join(spoiled), encoding="utf-8")
        assert isinstance(countries.check("_base", root), list)
