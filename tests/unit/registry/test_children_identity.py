"""What identifies a child is well stated, or everything that is wrong with it is told at once."""

from datetime import date

import pytest

from services.registry import domain
from services.registry.domain import children_identity
from shared.errors import Invalid
from tests.unit.registry.given import AT, REGISTER_KEY, TODAY, born, child, identity, told


def found(**changes):
    stated = identity(**changes)
    return [(each.field, each.rule) for each in children_identity.problems(stated, TODAY)]


def test_a_foundling_is_registered_without_a_name_with_an_age_range_and_how_it_was_found():
    first, last = domain.born_between(2, 4, date(2026, 2, 20))
    foundling = child(
        identity=domain.Identity(
            names=(),
            sex="F",
            birth=domain.Birth(first, last, "year", "estimated"),
            area="KZ-75",
            civil_registration=domain.CivilRegistration("NOT_REGISTERED"),
            nationality=domain.Nationality("under_determination"),
            parents=domain.Parents("UNKNOWN", "UNKNOWN"),
            found=domain.Found(date(2026, 2, 20), date(2026, 2, 20), "KZ-75", "POLICE_OFFICER", "вокзал", "одеяло"),
        ),
        identifiers=(),
    )
    assert domain.age_on(foundling.identity.birth, date(2026, 2, 20)) == (2, 4)
    named = domain.Name("Cyrl", domain.PROVISIONAL, given="Аяна")
    foundling.amend(
        identity(names=(named,), birth=foundling.identity.birth), on=date(2026, 2, 21), today=TODAY, by="a", at=AT
    )
    assert foundling.identity.names == (named,)


@pytest.mark.parametrize(
    ("nationality", "rules"),
    [
        (domain.Nationality("states", ("KAZ",)), []),
        (domain.Nationality("states", ("KAZ", "UZB")), []),
        (domain.Nationality("stateless"), []),
        (domain.Nationality("under_determination"), []),
        (domain.Nationality("unknown"), []),
        (None, []),
        (domain.Nationality("states"), ["nationality-of-states"]),
        (domain.Nationality("stateless", ("KAZ",)), ["nationality-of-states"]),
        (domain.Nationality("under_determination", ("KAZ",)), ["nationality-of-states"]),
        (domain.Nationality("unknown", ("KAZ",)), ["nationality-of-states"]),
        (domain.Nationality("states", ("KAZ", "KAZ")), ["state-once"]),
    ],
)
def test_stateless_under_determination_and_unknown_are_never_mixed_with_a_state(nationality, rules):
    assert found(nationality=nationality) == [("nationality.states", rule) for rule in rules]


@pytest.mark.parametrize(
    ("birth", "rule"),
    [
        (born(date(2026, 3, 2)), "not-in-the-future"),
        (born(date(1899, 12, 31)), "birth-too-early"),
        (born(date(1900, 1, 1)), None),
        (born(TODAY), None),
    ],
)
def test_a_birth_lies_between_1900_and_today(birth, rule):
    assert found(birth=birth) == ([("birth", rule)] if rule else [])


def test_a_finding_lies_between_birth_and_today():
    def when(from_, to):
        return found(found=domain.Found(from_, to, "KZ-75", "OTHER"))

    assert when(date(2026, 3, 2), date(2026, 3, 2)) == [("found", "not-in-the-future")]
    assert when(date(2014, 3, 2), date(2014, 3, 2)) == [("found", "after-birth")]
    assert when(date(2026, 2, 2), date(2026, 2, 1)) == [("found", "found-span")]
    assert found(found=domain.Found(TODAY, TODAY, "KZ-75", "OTHER", having="письмо\nв две строки")) == []
    assert found(found=domain.Found(TODAY, TODAY, "KZ-75", "OTHER", having="a\u202eb")) == [
        ("found.having", "text-characters")
    ]
    assert found(found=domain.Found(TODAY, TODAY, "KZ-75", "OTHER", place="a" * 2001)) == [
        ("found.place", "text-length")
    ]


def test_a_number_of_registration_and_languages_are_checked_too():
    assert found(civil_registration=domain.CivilRegistration("REGISTERED", "12\u200b3")) == [
        ("civil_registration.number", "text-characters")
    ]
    assert found(languages=("kk", "ru", "kk")) == [("languages", "language-once")]
    assert found(languages=("kk", "ru")) == []


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_done():
    wrong = identity(
        names=(domain.Name("Cyrl", given="Айгүл7"), domain.Name("Latn", given="Айгүл")),
        birth=born(date(2026, 3, 2)),
        nationality=domain.Nationality("stateless", ("KAZ",)),
    )
    with pytest.raises(Invalid) as refused:
        child(identity=wrong, identifiers=(REGISTER_KEY, REGISTER_KEY))
    told_ = [(each.field, each.rule) for each in (refused.value, *refused.value.also)]
    assert told_ == [
        ("identity.names.0.given", "name-digits"),
        ("identity.names.1.given", "name-script"),
        ("identity.birth", "not-in-the-future"),
        ("identity.nationality.states", "nationality-of-states"),
        ("identifiers.1", "identifier-once"),
    ]
    known = child()
    with pytest.raises(Invalid):
        known.correct(wrong, today=TODAY, by="a", at=AT)
    assert (known.version, known.revisions, known.identity) == (1, [], identity())


def test_names_are_kept_in_their_written_form():
    spaced = domain.Name("Cyrl", given="И\u0306рис  Мария")
    assert child(identity=identity(names=(spaced,))).identity.names[0].given == "Йрис Мария"


def test_facts_carry_codes_of_what_figures_need_and_nothing_more():
    stated = identity(
        civil_registration=domain.CivilRegistration("REGISTERED", "12345"),
        nationality=domain.Nationality("states", ("KAZ",)),
        parents=domain.Parents("DEAD", "MISSING"),
        languages=("kk",),
        found=domain.Found(TODAY, TODAY, "KZ-75", "OTHER", "Тайное место"),
    )
    known = child()
    known.correct(stated, today=TODAY, by="a", at=AT)
    (fact,) = told(known)
    assert (fact.civil_registration, fact.nationality_status, fact.mother_status, fact.father_status) == (
        "REGISTERED",
        "states",
        "DEAD",
        "MISSING",
    )
    assert not [word for word in ("12345", "KAZ", "Тайное") if word in repr(fact)]


def test_identifiers_are_restated_with_a_change_and_what_was_is_kept():
    known, new = child(), (domain.Identifier("PASSPORT", "KZ", "N1"),)
    known.amend(identity(), on=TODAY, today=TODAY, by="a", at=AT, identifiers=new)
    assert (known.identifiers, known.revisions[0].identifiers) == (new, (REGISTER_KEY,))
    known.correct(identity(sex="M"), today=TODAY, by="a", at=AT)
    assert (known.identifiers, known.revisions[1].identifiers) == (new, None)
    known.correct(identity(), today=TODAY, by="a", at=AT, identifiers=())
    assert known.identifiers == ()


def test_a_correction_cannot_put_the_birth_after_the_death():
    known = child()
    known.die(domain.Death(date(2016, 1, 1), date(2016, 1, 1), "reported"), today=TODAY)
    with pytest.raises(Invalid) as refused:
        known.correct(identity(birth=born(date(2017, 1, 1))), today=TODAY, by="a", at=AT)
    assert (refused.value.field, refused.value.rule) == ("birth", "before-death")


def test_a_birth_put_right_does_not_unmake_an_assessment_that_was_made():
    answers = (("seeing", "SOME"),)
    assessed = domain.Functioning(date(2019, 6, 1), domain.Band.TWO_TO_FOUR, answers)
    known = child(identity=identity(functioning=assessed))
    older = born(date(2013, 5, 4))
    known.correct(identity(functioning=assessed, birth=older), today=TODAY, by="a", at=AT)
    assert known.identity.functioning == assessed
    again = domain.Functioning(date(2019, 6, 2), domain.Band.TWO_TO_FOUR, answers)
    with pytest.raises(Invalid) as refused:
        known.correct(identity(functioning=again, birth=older), today=TODAY, by="a", at=AT)
    assert refused.value.rule == "age-band"
