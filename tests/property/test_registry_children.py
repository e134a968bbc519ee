"""The record of a child in any order of steps; names of any characters at all."""

import unicodedata
from datetime import UTC, date, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.registry import domain
from services.registry.domain import children_age, children_numbers, names
from services.registry.domain.names import Name
from services.registry.store import children_documents as documents
from shared.errors import Conflict, Invalid, Refused
from shared.ids import new_id

TODAY = date(2026, 3, 1)
CHANGE = {"today": TODAY, "by": "registrar", "at": datetime(2026, 3, 1, tzinfo=UTC)}
BIRTH = domain.Birth(date(2015, 5, 4), date(2015, 5, 4), "day", "documented")
DEATH = domain.Death(date(2026, 1, 2), date(2026, 1, 2), "reported")
SCRIPTS = st.sampled_from(["Cyrl", "Latn", "Arab", "Khmr", ""])
DAYS = st.dates(date(1900, 1, 1), date(2026, 3, 1))
TEXTS = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="аӘҒҚі ё-'ʻ.AZz", max_size=12),
    st.text(alphabet=st.characters(categories=["Mn", "Lo", "Cf", "Cs"]), max_size=8),
)


@given(SCRIPTS, st.lists(TEXTS, min_size=4, max_size=4))
def test_a_name_of_any_characters_has_one_written_form_and_a_verdict(script, parts):
    name = names.as_written(Name(script, "birth", *parts))
    assert names.as_written(name) == name
    found = list(names.problems([name]))
    assert found == [] or all(each.field.startswith("names.0") and each.rule.startswith("name-") for each in found)
    assert list(names.problems([names.as_written(name)])) == [] or found


@given(SCRIPTS.filter(bool), TEXTS)
def test_a_part_that_passes_has_letters_and_nothing_unseen(script, text):
    written = names.written(text)
    if written and names.part_problem(written, script) is None:
        assert any(unicodedata.category(each)[0] == "L" for each in written)
        assert not [each for each in written if unicodedata.category(each)[0] == "C" or each.isdigit()]
        assert written.encode()


@given(st.text(max_size=20), st.sampled_from(["", r"\d{12}"]), st.sampled_from(["", "iin"]))
def test_a_number_of_any_characters_has_one_written_form_and_a_verdict(value, pattern, check):
    class Rules:
        def number_rule(self, kind):
            return children_numbers.NumberRule(pattern, check if pattern else "")

    rule_ = Rules().number_rule("")
    once = children_numbers.as_written(domain.Identifier("IIN", "", value), rule_)
    assert children_numbers.as_written(once, rule_) == once
    assert all(each.rule.startswith("identifier-") for each in children_numbers.problems([once], Rules()))


@given(DAYS, DAYS, st.sampled_from(["03-01", "02-28"]))
def test_ages_and_the_births_they_allow_agree(born, day, leap_birthday):
    if born > day:
        born, day = day, born
    age = children_age.completed_years(born, day, leap_birthday)
    assert children_age.birthday(born, age, leap_birthday) <= day
    assert day < children_age.birthday(born, age + 1, leap_birthday)
    assume(age <= 120)
    first, last = domain.born_between(age, age, day, leap_birthday)
    assert first <= born <= last


NAMES = st.builds(Name, st.just("Cyrl"), st.just("birth"), *[st.text("абв", max_size=3)] * 4)
BIRTHS = st.builds(
    lambda day, area: domain.Birth(day, day, "day", "documented", area), DAYS, st.none() | st.just("KZ-75")
)
identities = st.builds(
    domain.Identity,
    names=st.lists(NAMES, max_size=2).map(tuple),
    sex=st.sampled_from("FMU"),
    birth=BIRTHS,
    area=st.just("KZ-75"),
    disability=st.none() | st.booleans(),
    functioning=st.none()
    | st.builds(domain.Functioning, DAYS, st.sampled_from(domain.Band), st.sampled_from([(), (("seeing", "SOME"),)])),
    civil_registration=st.none() | st.builds(domain.CivilRegistration, st.just("REGISTERED"), st.text(max_size=3)),
    nationality=st.none() | st.builds(domain.Nationality, st.just("states"), st.just(("KAZ",))),
    languages=st.sampled_from([(), ("kk",), ("kk", "ru")]),
    parents=st.builds(domain.Parents, st.none() | st.just("DEAD"), st.none() | st.just("ALIVE")),
    found=st.none() | st.builds(domain.Found, DAYS, DAYS, st.just("KZ-75"), st.just("OTHER"), st.text(max_size=3)),
)


@given(identities)
def test_what_is_kept_of_an_identity_is_all_of_it(identity):
    assert documents.read_identity(documents.write_identity(identity)) == identity


GIVEN_WAY = {domain.Status.MERGED, domain.Status.SEALED, domain.Status.ERASED}


class RecordOfAChild(RuleBasedStateMachine):
    """Whatever is tried in whatever order: only steps of the table are taken, and a refused one changes nothing."""

    def __init__(self):
        super().__init__()
        identity = domain.Identity((Name("Cyrl", given="Айгүл"),), "F", BIRTH, "KZ-75")
        self.child = domain.Child.register(new_id(), 1, identity, (), today=TODAY)
        self.child.pull_facts()

    def attempt(self, step):
        before = self.seen()
        status = self.child.status
        try:
            step()
        except (Conflict, Refused, Invalid):
            assert self.seen() == before
            assert self.child.pull_facts() == []
        else:
            self.child.pull_facts()
            assert self.child.status is status or self.child.status in domain.TRANSITIONS[status]

    def seen(self):
        one = self.child
        return one.status, one.version, one.identity, one.death, one.merged_into, len(one.revisions), one.siblings

    @rule(sex=st.sampled_from("FMU"), day=st.dates(date(2014, 1, 1), date(2026, 4, 1)))
    def amend(self, sex, day):
        changed = domain.Identity((), sex, BIRTH, "KZ-75")
        self.attempt(lambda: self.child.amend(changed, on=day, **CHANGE))

    @rule(sex=st.sampled_from("FMU"), born=st.dates(date(2014, 1, 1), date(2026, 4, 1)))
    def correct(self, sex, born):
        changed = domain.Identity((), sex, domain.Birth(born, born, "day", "documented"), "KZ-75")
        self.attempt(lambda: self.child.correct(changed, **CHANGE))

    @rule()
    def die(self):
        self.attempt(lambda: self.child.die(DEATH, today=TODAY))

    @rule()
    def retract_death(self):
        self.attempt(lambda: self.child.retract_death(by="registrar", at=CHANGE["at"]))

    @rule()
    def withdraw(self):
        self.attempt(lambda: self.child.withdraw(reason="OTHER"))

    @rule(own=st.booleans())
    def merge(self, own):
        self.attempt(lambda: self.child.merge_into(self.child.id if own else new_id()))

    @rule()
    def unmerge(self):
        self.attempt(self.child.unmerge)

    @rule()
    def seal(self):
        self.attempt(self.child.seal)

    @rule()
    def erase(self):
        self.attempt(self.child.erase)

    @invariant()
    def what_the_record_says_goes_with_its_state(self):
        one, status = self.child, self.child.status
        assert (status is domain.Status.MERGED) <= (one.merged_into is not None)
        assert (one.merged_into is not None) <= (
            status in (domain.Status.MERGED, domain.Status.SEALED, domain.Status.ERASED)
        )
        assert (status is domain.Status.DECEASED) <= (one.death is not None)
        assert (status is domain.Status.ACTIVE) <= (one.death is None)
        assert (status is domain.Status.WITHDRAWN) <= (one.withdrawn_because is not None)
        assert [kept.version for kept in one.revisions] == sorted({kept.version for kept in one.revisions})


TestRecordOfAChild = RecordOfAChild.TestCase
TestRecordOfAChild.settings = settings(max_examples=60, stateful_step_count=25)
