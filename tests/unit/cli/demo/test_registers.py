"""The demo registers: published totals exactly, sound ages and stays, the country's letters, the same bytes."""

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.cli import register_file
from services.cli.demo import births, chance, published, registers
from shared import countries

ROOT = Path(__file__).parents[4]
TODAY = date(2025, 1, 1)
KZ_DAY = date(2011, 10, 31)
FIGURES = published.figures()
RESIDENTIAL = {"INFANT_HOME", "CHILDRENS_HOME", "BOARDING_SCHOOL_CARE"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("registers")
    for deployment in registers.COUNTRIES:
        registers.write(deployment, folder / f"{deployment}.csv")
    return folder


def lines_of(folder: Path, deployment: str) -> list[dict[str, str]]:
    with (folder / f"{deployment}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def kz(folder) -> list[dict[str, str]]:
    return lines_of(folder, "kz")


@pytest.fixture(scope="module")
def uz(folder) -> list[dict[str, str]]:
    return lines_of(folder, "uz")


def counted_birth(line: dict[str, str]) -> date:
    """The day that figures take (COUNTING F18): month the 15th, year 1 July."""
    return date.fromisoformat(
        line["birth_date"] + {"day": "", "month": "-15", "year": "-07-01"}[line["birth_precision"]]
    )


def value(figure: str) -> int:
    return FIGURES[figure].value


def test_the_published_sums_hold():
    for figure in FIGURES.values():
        if figure.check:
            assert sum(figure.parts) == int(figure.check_result.split()[0])
    kz = [value(f"KAZ-2011-{part}") for part in ("GUARD", "FOSTER", "RES")]
    uz = [value(f"UZB-2024-EXIT-{part}") for part in ("REUNION", "FAMILY", "FAMHOME", "EDU", "INDEP", "TRANSFER")]
    assert (sum(kz), sum(uz)) == (value("KAZ-2011-TOT"), value("UZB-2024-EXIT"))
    assert sum(FIGURES["UZB-2024-EXIT-EDU"].in_brackets) == value("UZB-2024-EXIT-EDU")
    assert FIGURES["UZB-2024-EXIT-EDU"].source.startswith("uzreport.news/")


@pytest.mark.parametrize("deployment", ["kz", "uz"])
def test_a_demo_register_passes_the_check_against_its_pack(folder, deployment):
    pack = countries.load(deployment, ROOT / "countries")
    batches = register_file.batches(folder / f"{deployment}.csv", pack, TODAY)
    assert [error for batch in batches for error in batch.errors] == []


@pytest.mark.parametrize("deployment", ["kz", "uz"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder, tmp_path, deployment):
    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    again, other = tmp_path / "again.csv", tmp_path / "other.csv"
    registers.write(deployment, again)
    registers.write(deployment, other, seed=1)
    assert digest(again) == digest(folder / f"{deployment}.csv") != digest(other)


def test_progress_runs_to_the_whole(tmp_path):
    seen = []
    written = registers.write("uz", tmp_path / "uz.csv", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (value("UZB-2024-EXIT"), value("UZB-2024-EXIT"))
    assert (written.children, seen) == (value("UZB-2024-EXIT"), sorted(seen))


def test_kz_has_on_the_reference_day_the_published_children_by_form(kz):
    here = [line for line in kz if line["from"] <= "2011-10-30" and not line["to"]]
    forms = Counter("RESIDENTIAL" if line["care_form"] in RESIDENTIAL else line["care_form"] for line in here)
    assert forms == {
        "GUARDIANSHIP": value("KAZ-2011-GUARD"),
        "FOSTER": value("KAZ-2011-FOSTER"),
        "RESIDENTIAL": value("KAZ-2011-RES"),
    }
    assert len({line["child_key"] for line in kz}) == len(here) == value("KAZ-2011-TOT")


def test_kz_children_are_0_to_17_on_the_reference_day_and_each_age_occurs(kz):
    assert {births.age_on(counted_birth(line), KZ_DAY) for line in kz} == set(range(18))


def test_kz_infant_homes_end_at_the_fourth_birthday_and_other_institutions_begin_at_the_third(kz):
    def ages(form: str) -> set[int]:
        lines = [
            line for line in kz if line["care_form"] == form and not line["to"] and line["birth_precision"] == "day"
        ]
        return {births.age_on(counted_birth(line), KZ_DAY) for line in lines}

    assert ages("INFANT_HOME") == {0, 1, 2, 3}
    assert min(ages("CHILDRENS_HOME")) == 3
    assert min(ages("BOARDING_SCHOOL_CARE")) == 7


def test_kz_uses_the_map_of_2011(kz):
    used = {line["area"] for line in kz}
    assert not used & {"KZ-10", "KZ-33", "KZ-62", "KZ-79"}
    assert used == set(countries.load("kz", ROOT / "countries").areas.codes(KZ_DAY))


def test_kz_moves_are_two_lines_that_meet_on_one_day_before_the_reference_day(kz):
    ended = {line["child_key"]: line for line in kz if line["to"]}
    moved = [(ended[line["child_key"]], line) for line in kz if not line["to"] and line["child_key"] in ended]
    assert len(moved) == len(ended) > 100
    assert all(before["to"] == after["from"] < "2011-10-31" for before, after in moved)
    assert {before["exit_destination"] for before, _ in moved} == {"FAMILY_BASED", "RESIDENTIAL", "TRANSFER_SAME_FORM"}


def test_kz_guardians_are_mostly_relatives_and_some_are_not_known(kz):
    relations = Counter(line["carer_relation"] for line in kz if line["care_form"] == "GUARDIANSHIP" and not line["to"])
    kin = countries.load("kz", ROOT / "countries").codes("carer_relation")
    shares = Counter()
    for relation, number in relations.items():
        shares[kin[relation]["kin"]] += number
    assert shares["yes"] > 4 * shares["no"] > 0
    assert 0 < shares["unknown"] < shares["no"]
    assert {line["carer_relation"] for line in kz if line["care_form"] == "FOSTER"} == {"UNRELATED"}


@pytest.mark.parametrize("form", ["GUARDIANSHIP", "FOSTER"])
def test_kz_brothers_and_sisters_share_household_father_and_worker(kz, form):
    homes: dict[str, list[dict[str, str]]] = {}
    for line in kz:
        if line["care_form"] == form and not line["to"]:
            homes.setdefault(line["provider_key"], []).append(line)
    siblings = [home for home in homes.values() if len(home) > 1]
    assert len(siblings) > 50
    for home in siblings:
        assert len({line["worker_key"] for line in home}) == len({line["area"] for line in home}) == 1
        assert len({line["given_name"] for line in home}) == len(home)
        assert len({line["family_name"].removesuffix("а")[:4] for line in home}) == 1


def test_kz_names_stand_in_kazakh_and_russian_letters(kz):
    letters = {letter for line in kz for letter in line["family_name"] + line["given_name"] + line["patronymic"]}
    assert set("әғқңөұүһі") <= {letter.lower() for letter in letters}
    assert not any(letter.isascii() for letter in letters)
    endings = ("ұлы", "қызы", "ович", "евич", "овна", "евна")
    assert {ending for line in kz for ending in endings if line["patronymic"].endswith(ending)} == set(endings)


@pytest.mark.parametrize(("deployment", "most"), [("kz", 28), ("uz", 20)])
def test_every_child_has_one_worker_with_a_caseload_that_one_person_can_have(folder, deployment, most):
    workers: dict[str, set[str]] = {}
    for line in lines_of(folder, deployment):
        assert line["worker_key"].startswith(line["centre_key"] + "-")
        assert line["centre_key"].startswith(line["area"] + "-")
        workers.setdefault(line["worker_key"], set()).add(line["child_key"])
    assert max(map(len, workers.values())) <= most
    assert sum(map(len, workers.values())) == len({child for children in workers.values() for child in children})


def leavers(uz, destination: str | None = None) -> list[dict[str, str]]:
    return [line for line in uz if line["to"] and destination in (None, line["exit_destination"])]


def test_uz_children_left_for_the_published_destinations(uz):
    assert Counter(line["exit_destination"] for line in leavers(uz)) == {
        "REUNIFICATION": value("UZB-2024-EXIT-REUNION"),
        "ADOPTION_GUARDIANSHIP_PATRONAGE": value("UZB-2024-EXIT-FAMILY"),
        "FAMILY_TYPE_HOME": value("UZB-2024-EXIT-FAMHOME"),
        "EDUCATION": value("UZB-2024-EXIT-EDU"),
        "AGED_OUT_18": value("UZB-2024-EXIT-INDEP"),
        "TRANSFER_SAME_FORM": value("UZB-2024-EXIT-TRANSFER"),
    }
    assert len(leavers(uz)) == len({line["child_key"] for line in uz}) == value("UZB-2024-EXIT")


def test_uz_institutions_close_in_the_published_years(uz):
    years: dict[str, set[str]] = {}
    for line in leavers(uz):
        years.setdefault(line["provider_key"], set()).add(line["to"][:4])
    assert all(len(of_one) == 1 for of_one in years.values())
    by_year = Counter(year for of_one in years.values() for year in of_one)
    assert tuple(by_year[year] for year in ("2022", "2023", "2024")) == FIGURES["UZB-2024-EXIT"].in_brackets
    assert len(years) == sum(by_year.values())


def test_uz_those_who_came_of_age_are_18_and_all_others_younger_when_they_leave(uz):
    ages: dict[bool, set[int]] = {True: set(), False: set()}
    for line in leavers(uz):
        age = births.age_on(counted_birth(line), date.fromisoformat(line["to"]))
        ages[line["exit_destination"] == "AGED_OUT_18"].add(age)
    assert ages == {True: {18}, False: set(range(18))}


def test_uz_higher_education_begins_at_17(uz):
    ages = Counter(
        births.age_on(counted_birth(line), date.fromisoformat(line["to"])) for line in leavers(uz, "EDUCATION")
    )
    assert ages[17] >= FIGURES["UZB-2024-EXIT-EDU"].in_brackets[0]
    assert set(ages) == {15, 16, 17}


def test_uz_moves_go_on_in_an_open_stay_from_the_day_of_leaving(uz):
    ended = {line["child_key"]: line for line in leavers(uz)}
    after = [line for line in uz if not line["to"]]
    forms = {"FAMILY_TYPE_HOME": "FAMILY_TYPE_HOME", "TRANSFER_SAME_FORM": "CHILDRENS_HOME"}
    for line in after:
        before = ended[line["child_key"]]
        assert line["from"] == before["to"]
        assert line["care_form"] == forms[before["exit_destination"]]
        assert line["provider_key"] not in {closed["provider_key"] for closed in ended.values()}
    assert len(after) == value("UZB-2024-EXIT-FAMHOME") + value("UZB-2024-EXIT-TRANSFER")


def test_uz_family_type_homes_are_as_many_as_published_and_stay_small(uz):
    homes = Counter(line["provider_key"] for line in uz if line["care_form"] == "FAMILY_TYPE_HOME")
    assert len(homes) == FIGURES["UZB-2024-EXIT-FAMHOME"].in_brackets[0]
    assert max(homes.values()) <= 9


def test_uz_names_are_latin_with_the_right_apostrophe_or_cyrillic(uz):
    by_script = {
        script: "".join(
            line["family_name"] + line["given_name"] + line["patronymic"] for line in uz if line["script"] == script
        )
        for script in ("Latn", "Cyrl")
    }
    assert "oʻgʻli" in by_script["Latn"]
    assert "ўғли" in by_script["Cyrl"]
    assert not set("'`‘’ʼ") & set(by_script["Latn"])
    assert not any("a" <= letter.lower() <= "z" for letter in by_script["Cyrl"])


@pytest.mark.parametrize("deployment", ["kz", "uz"])
def test_some_births_are_estimates(folder, deployment):
    precisions = Counter(line["birth_precision"] for line in lines_of(folder, deployment))
    assert 0 < precisions["month"] + precisions["year"] < 0.05 * precisions["day"]


@pytest.mark.parametrize("deployment", ["kz", "uz"])
def test_the_footnote_names_the_source_and_says_what_was_drawn(deployment):
    text = published.footnote(deployment)
    assert "invented" in text
    assert {"kz": "tengrinews.kz", "uz": "uzreport.news"}[deployment] in text


def test_who_is_born_on_29_february_has_the_birthday_on_1_march_in_common_years():
    born = date(2004, 2, 29)
    assert births.age_on(born, date(2022, 2, 28)) == 17
    assert births.age_on(born, date(2022, 3, 1)) == 18
    assert births.age_on(born, date(2024, 2, 29)) == 20


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2011, 10, 31)])
def test_a_drawn_birth_has_the_age_on_the_day(on):
    rng = chance.generator("test", 1)
    for age in range(19):
        for _ in range(100):
            assert births.age_on(births.born_at_age(rng, age, on), on) == age


def test_shares_add_up_and_leave_no_weight_without_one():
    assert chance.shares(10, [100, 1, 1, 0]) == [8, 1, 1, 0]
