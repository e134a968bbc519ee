"""Terms that a record is found by: two facts each, never a name alone; swapped parts and another script meet."""

from datetime import date

from services.registry.domain import Name
from services.registry.domain.children_age import Birth
from services.registry.domain.matching_keys import Kind, Likeness, pair, terms, words
from services.registry.domain.matching_names import Token, read

DAY = Birth(date(2015, 5, 4), date(2015, 5, 4), "day", "documented")
NOBODY = Birth(None, None, "year", "estimated")


def span(first, last):
    return Birth(date.fromisoformat(first), date.fromisoformat(last), "year", "estimated")


def record(birth=NOBODY, **parts):
    return Likeness(read([Name("Latn", **parts)] if parts else [], ("en",)), "F", birth)


def kinds(likeness):
    return sorted(kind for kind, _ in terms(likeness))


def test_two_names_are_one_term_and_each_name_with_a_birth_two():
    found = record(DAY, given="Timur", family="Bakun")
    assert kinds(found) == [Kind.NAMES, *[Kind.NAME_AND_DAY] * 2, *[Kind.NAME_AND_YEAR] * 2]


def test_no_name_alone_and_no_birth_alone_is_a_term():
    assert terms(record(given="Timur")) == frozenset()
    assert terms(record(DAY)) == frozenset()


def test_two_names_of_which_one_is_the_childs_own_are_a_term_with_the_area():
    names = read([Name("Latn", given="Timur", family="Bakun", father="Asan")], ("en",))
    found = terms(Likeness(names, "M", NOBODY, area="A-1"))
    assert sorted(kind for kind, _ in found) == [Kind.NAMES] * 3 + [Kind.NAMES_AND_AREA] * 2
    assert found & terms(Likeness(names, "M", NOBODY, area="A-2")) == terms(Likeness(names, "M", NOBODY))


def test_swapped_parts_give_the_same_terms():
    assert terms(record(DAY, given="Timur", family="Bakun")) == terms(record(DAY, given="Bakun", family="Timur"))
    assert pair("A", "B") == pair("B", "A")


def test_the_first_of_january_is_a_year_and_no_day():
    new_year = Birth(date(2015, 1, 1), date(2015, 1, 1), "day", "documented")
    assert kinds(record(new_year, given="Timur")) == [Kind.NAME_AND_YEAR]


def test_an_uncertain_birth_is_found_under_each_of_its_years_unless_they_are_many():
    assert kinds(record(span("2014-06-01", "2015-05-31"), given="Timur")) == [Kind.NAME_AND_YEAR] * 2
    assert kinds(record(span("2010-01-01", "2015-12-31"), given="Timur")) == []


def test_titles_and_initials_are_no_terms_unless_there_is_nothing_else():
    haji, timur, letter = (
        Token("haji", "haji", "AC", weak=True),
        Token("timur", "timur", "TMR"),
        Token("t", "t", "T", initial=True),
    )
    assert words((haji, timur, letter)) == ("TMR",)
    assert words((haji,)) == ("AC",)
    assert words((letter,)) == ()


def test_two_names_in_one_field_are_a_term_as_they_are_in_two():
    apart = record(given="Timur", family="Bakun")
    assert terms(record(given="Timur Bakun")) == terms(record(family="Bakun Timur")) == terms(apart) != frozenset()


def test_a_name_with_its_patronymic_in_one_field_meets_the_name_in_three():
    apart = terms(record(DAY, given="Timur", family="Bakun", father="Asan"))
    assert terms(record(DAY, given="Bakun Timur Asan")) == apart
    assert terms(record(given="Timur Asan")) < apart
    assert terms(record(given="Timur Bakun", father="Asan")) >= {each for each in apart if each[0] is Kind.NAMES}


def test_a_whole_name_in_one_field_is_a_term_with_the_area():
    whole = Likeness(read([Name("Latn", given="Timur Bakun")], ("en",)), "M", NOBODY, area="A-1")
    apart = Likeness(read([Name("Latn", given="Timur", family="Bakun")], ("en",)), "M", NOBODY, area="A-1")
    assert terms(whole) == terms(apart)


def test_two_given_names_beside_a_family_name_are_no_term_of_their_own():
    found = terms(record(given="Ana Maria", family="Bakun"))
    assert pair("AN", "MR") not in found
    assert kinds(record(given="Ana Maria", family="Bakun")) == [Kind.NAMES] * 2


def test_a_title_fills_a_field_that_holds_too_few_other_words():
    assert kinds(record(given="Syed Timur")) == [Kind.NAMES]


def test_a_field_of_many_words_has_no_more_terms_than_three_names():
    many = record(DAY, given="Timur Bakun Asan Karim Pavel Viktor Gleb Denis")
    assert len(terms(many)) == len(terms(record(DAY, given="Timur", family="Bakun", father="Asan")))
