"""What happens to a record that is made a second time, and how often: RATES, in words in docs/matching-quality.md.

A change says whether it could be made of this record; one that could not leaves it as it was and is not counted.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from types import MappingProxyType

from benchmarks.same_child import families, peoples
from benchmarks.same_child.records import FAMILY, FATHER, GIVEN, PATRONYMIC, Plan, known
from services.registry.domain.children_age import Birth

HOW_MANY = ((1, 0.5), (2, 0.35), (3, 0.15))
"""So many changes at once, with these shares."""
ROWS = {
    "Cyrl": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    "Latn": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "Arab": ("ضصثقفغعهخحج", "شسیبلاتنمک", "ظطزرذدپو"),
}
Change = Callable[[Plan, Random], bool]


def script(plan: Plan, draw: Random) -> bool:
    """Written in another of the people's alphabets or orthographies."""
    return _other_way(plan, draw, lambda old, new: True)


def orthography(plan: Plan, draw: Random) -> bool:
    """Another orthography of the same script, another transliteration, another usual form of a name."""
    before = dict(plan.parts)
    if draw.random() < 0.5 and _other_way(plan, draw, lambda old, new: old == new):
        return True
    for part in (GIVEN, FAMILY, FATHER, "rule"):
        plan.variants[part] += draw.randrange(4)
    plan.write()
    if plan.parts == before:
        plan.parts = {part: text.replace("ё", "е").replace("Ё", "Е") for part, text in before.items()}
    return plan.parts != before


def _other_way(plan: Plan, draw: Random, fits: Callable[[str, str], bool]) -> bool:
    before = plan.parts
    writings = peoples.WRITINGS[plan.child.family.language]
    others = [way for way, writing in writings.items() if way != plan.way and fits(plan.writing.script, writing.script)]
    if not others:
        return False
    plan.way = draw.choice(others)
    plan.write()
    return plan.parts != before


def patronymic_form(plan: Plan, draw: Random) -> bool:
    """Another form of the patronymic (-ovich, uulu, oʻgʻli, -zoda), or of a family's name made of a forefather's."""
    language = plan.child.family.language
    forms = [form for form, _ in peoples.PATRONYMICS[language] if form not in {"none", plan.patronymic}]
    surnames = [form for form, _ in peoples.SURNAMES.get(language, ()) if form != plan.surname]
    name = plan.child.family.name
    if surnames and name is not None and name.root and (not forms or draw.random() < 0.4):
        plan.surname = draw.choice(surnames)
    elif forms and plan.patronymic != "none":
        plan.patronymic = draw.choice(forms)
    else:
        return False
    plan.write()
    return True


def fathers_name(plan: Plan, draw: Random) -> bool:
    """The father's name in place of a patronymic."""
    if plan.patronymic in {"none", "father"}:
        return False
    plan.patronymic = "father"
    plan.write()
    return True


def no_patronymic(plan: Plan, draw: Random) -> bool:
    """Nothing of the father."""
    return _emptied(plan, PATRONYMIC) | _emptied(plan, FATHER)


def no_family(plan: Plan, draw: Random) -> bool:
    """No family name, where a patronymic or the father's name is left."""
    return bool(plan.parts[PATRONYMIC] or plan.parts[FATHER]) and _emptied(plan, FAMILY)


def _emptied(plan: Plan, part: str) -> bool:
    had, plan.parts[part] = bool(plan.parts[part]), ""
    return had


def one_given_name(plan: Plan, draw: Random) -> bool:
    """One of several given names."""
    if len(plan.child.given) < 2:
        return False
    before, kept = plan.parts[GIVEN], draw.choice(plan.child.given)
    text = kept.written(plan.writing.column, plan.variants[GIVEN])
    plan.parts[GIVEN] = peoples.written(text, plan.writing, plan.variants["rule"])
    return plan.parts[GIVEN] != before


def swapped(plan: Plan, draw: Random) -> bool:
    """Two parts in each other's place."""
    other = FAMILY if draw.random() < 0.75 else PATRONYMIC if plan.parts[PATRONYMIC] else FATHER
    if not plan.parts[other] or not plan.parts[GIVEN]:
        return False
    plan.parts[GIVEN], plan.parts[other] = plan.parts[other], plan.parts[GIVEN]
    return True


def initials(plan: Plan, draw: Random) -> bool:
    """Initials in place of the given name and the patronymic."""
    if plan.writing.script == "Arab" or not plan.parts[FAMILY]:
        return False
    for part in (GIVEN, PATRONYMIC):
        if plan.parts[part]:
            plan.parts[part] = plan.parts[part][0].upper() + "."
    return True


def typing(plan: Plan, draw: Random) -> bool:
    """One slip of the keys in one part: a neighbour, a letter left out, twice, or two the wrong way round."""
    parts = [part for part, text in plan.parts.items() if sum(each.isalpha() for each in text) > 3]
    if not parts:
        return False
    part = draw.choice(parts)
    text = plan.parts[part]
    places = [at for at in range(1, len(text) - 1) if text[at].isalpha() and text[at + 1].isalpha()]
    if not places:
        return False
    plan.parts[part] = _slip(text, draw.choice(places), plan.writing.script, draw)
    return plan.parts[part] != text


def _slip(text: str, at: int, alphabet: str, draw: Random) -> str:
    kind = draw.choice(("neighbour", "left out", "twice", "turned"))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    if kind == "left out":
        return before + after
    if kind == "twice":
        return before + letter + letter + after
    if kind == "turned":
        return before + after[0] + letter + after[1:]
    row = next((row for row in ROWS[alphabet] if letter.lower() in row), None)
    if row is None:
        return before + after
    place = row.index(letter.lower())
    near = [each for each in (row[max(place - 1, 0)], row[min(place + 1, len(row) - 1)]) if each != letter.lower()]
    return before + draw.choice(near) + after


def no_date(plan: Plan, draw: Random) -> bool:
    """No date of birth at all."""
    plan.birth = Birth(None, None, "year", "estimated")
    return True


def estimated_date(plan: Plan, draw: Random) -> bool:
    """The year or the month alone; an estimated year is off by one in two of five."""
    born = plan.child.born
    if draw.random() < 0.25:
        last = monthrange(born.year, born.month)[1]
        plan.birth = Birth(born.replace(day=1), born.replace(day=last), "month", "documented")
    else:
        year = born.year + (draw.choice((-1, 1)) if draw.random() < 0.4 else 0)
        plan.birth = Birth(date(year, 1, 1), date(year, 12, 31), "year", "estimated")
    return True


def new_year(plan: Plan, draw: Random) -> bool:
    """The first of January of the year."""
    day = plan.child.born.replace(month=1, day=1)
    plan.birth, was = known(day), plan.birth
    return was != plan.birth


def day_and_month(plan: Plan, draw: Random) -> bool:
    """Day and month in each other's place."""
    born = plan.child.born
    if born.day > 12 or born.day == born.month:
        return False
    plan.birth = known(born.replace(month=born.day, day=born.month))
    return True


def date_typing(plan: Plan, draw: Random) -> bool:
    """One digit of the day or of the year wrong, or the day beside."""
    born = plan.child.born
    last = monthrange(born.year, born.month)[1]
    days = [born + timedelta(days=days) for days in (-1, 1)]
    days += [born.replace(day=day) for day in (born.day - 10, born.day + 10) if 1 <= day <= last]
    if (born.month, born.day) != (2, 29):
        days += [born.replace(year=born.year + more) for more in (-1, 1, 10)]
    plan.birth = known(draw.choice([day for day in days if day <= families.LAST]))
    return True


def another_area(plan: Plan, draw: Random) -> bool:
    """Another authority: in the same region, or in another."""
    area = plan.area
    while area == plan.area:
        area = families.area(draw)
        if draw.random() < 0.5:
            area = plan.area[:2] + area[2:]
    plan.area = area
    return True


def sex_not_known(plan: Plan, draw: Random) -> bool:
    """Sex not known."""
    plan.sex = "U"
    return True


def wrong_sex(plan: Plan, draw: Random) -> bool:
    """The other sex: a wrong key."""
    plan.sex = "M" if plan.sex == "F" else "F"
    return True


RATES: Mapping[Change, float] = MappingProxyType(
    {
        script: 16, orthography: 16, patronymic_form: 12, fathers_name: 4, no_patronymic: 9, no_family: 2,
        one_given_name: 6, swapped: 7, initials: 2, typing: 20, no_date: 1, estimated_date: 5, new_year: 5,
        day_and_month: 5, date_typing: 4, another_area: 14, sex_not_known: 3, wrong_sex: 0.7,
    }
)  # fmt: skip
"""How often a change is drawn, beside the others. Those that write the name anew are made first."""


DATES = frozenset({no_date, estimated_date, new_year, day_and_month, date_typing})
"""Of these one is made at most."""


def change(plan: Plan, draw: Random) -> tuple[str, ...]:
    """Change a plan as a second recording does; the names of the changes made."""
    wanted = draw.choices([many for many, _ in HOW_MANY], [share for _, share in HOW_MANY])[0]
    order = list(RATES)
    made: list[str] = []
    for _ in range(10):
        drawn = {draw.choices(order, list(RATES.values()))[0] for _ in range(wanted)}
        first = next((each for each in order if each in drawn and each in DATES), None)
        drawn -= DATES - {first}
        made = [each.__name__ for each in order if each in drawn and each(plan, draw)]
        if made:
            break
    return tuple(made)
