"""Blind terms on a real database: whose they are, in which version, when they go; what a search looks at.

Not here: the routes (test_registry_matching), sealed records (test_registry_matching_sealed), runs.
"""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from services.registry import commands, domain, handlers
from services.registry.commands import joining as joining_commands
from services.registry.domain import matching_keys as keys
from services.registry.handlers import joining as joining_handlers
from services.registry.store import matching_terms, sealing_wiping
from services.registry.store.matching import CROWDED, OPENED, Matches
from services.registry.store.matching_terms import Version, bits_for
from shared import clock, db, protection, row_security
from shared.ids import new_id
from shared.reach import Reach
from shared.row_security import Caller
from tests.integration import deployed

TODAY = date(2026, 3, 1)
ACTS = {"actor": "registrar", "at": clock.now(), "today": TODAY}
DAY = date(2014, 9, 17)


@pytest.fixture(params=["wheel", "debian15"])
def engine(request):
    with deployed.migrated(request.getfixturevalue(f"postgresql_{request.param}"), "registry") as engine:
        yield engine


def working(engine):
    return deployed.working("registry", engine)


def identity(given="Шолпан", family="Ермекова", patronymic="Серикқызы", born=DAY, script="Cyrl", **changes):
    name = domain.Name(script, "birth", family, given, patronymic)
    birth = domain.Birth(born, born, "day", "documented")
    return domain.Identity(**{"names": (name,), "sex": "F", "birth": birth, "area": "KZ-75"} | changes)


ALIYA = identity("Алия", "Жакупова", "Маратқызы", date(2009, 3, 4))


def register(engine, *identities, by_copy=False):
    with working(engine) as uow:
        if by_copy:
            uow.children.by_copy()
        made = [commands.RegisterChild(id=new_id(), identity=each, imported=True, **ACTS) for each in identities]
        return [uow.execute(handlers.register_child, command).id for command in made]


def found(engine, said):
    with working(engine) as uow:
        return {each.child: each for each in uow.matches.like(uow.matches.likeness(said))}


def kept(engine, *children):
    """(term, version) of the terms of records; of all where none are named."""
    query = "select term, version from match_term" + (" where child = any(:ids)" if children else "")
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query), {"ids": list(children)} if children else {})}


def true_to_their_identity(engine):
    """Whether every record has the terms of what it says now, and only those."""
    with working(engine) as uow:
        for id_ in uow.session.scalars(text("select id from child")).all():
            child = uow.children.get(id_)
            open_ = child.status in matching_terms.FOUND
            expected = set(uow.matches.terms(uow.matches.likeness(child.identity))) if open_ else set()
            if {term for term, _ in kept(engine, id_)} != expected:
                return False
    return True


@contextmanager
def country(monkeypatch, expected):
    """The pack, for a register of so many children."""
    [entry] = next(own["expected_children"] for own in deployed.PACK.parameters if "expected_children" in own)
    other = {"expected_children": (replace(entry, value=expected),)}
    with monkeypatch.context() as patch:
        patch.setattr(deployed, "PACK", replace(deployed.PACK, parameters=(*deployed.PACK.parameters, other)))
        yield


def test_a_record_written_in_one_script_is_found_in_another_whether_inserted_or_copied(engine):
    [one] = register(engine, identity())
    [other] = register(engine, identity("محمد علی", "خان", "", script="Arab"), by_copy=True)
    assert found(engine, identity("Sholpan", "Yermekova", "Serikkyzy", script="Latn")).keys() == {one}
    assert found(engine, identity("Muhammad Ali", "Khan", "", script="Latn")).keys() == {other}


def test_a_term_is_a_kind_and_as_many_bits_of_a_keyed_digest_as_its_version_says(engine):
    register(engine, identity())
    for term, number in kept(engine):
        version = Version.numbered(number)
        assert term >> matching_terms.BITS in set(keys.Kind)
        assert term & ((1 << matching_terms.BITS) - 1) < 1 << version.bits
        assert (version.key, version.reading, version.number) == (1, matching_terms.READING, number)
    assert len({term >> matching_terms.BITS for term, _ in kept(engine)}) > 1


@pytest.mark.parametrize("expected", [10_000, 100_000, 200_000, 1_000_000, 20_000_000])
def test_between_two_and_sixteen_records_share_a_term_by_chance_at_the_expected_size(expected):
    assert 2 <= expected * matching_terms.OF_A_KIND / 2 ** bits_for(expected) <= 16


def test_what_an_identity_was_leaves_no_term_however_it_came_to_change(engine):
    one, other = register(engine, identity(), identity("Мадина", "Сапарова", "Бекқызы", date(2012, 5, 6)))
    with working(engine) as uow:
        amended = commands.AmendChild(id=one, identity=identity(family="Омарова"), on=TODAY, **ACTS)
        uow.execute(handlers.amend_child, amended)
    assert true_to_their_identity(engine)
    assert not found(engine, identity("Мадина", "Ермекова", "", date(2001, 1, 2)))
    with working(engine) as uow:
        corrected = commands.CorrectChild(id=one, identity=identity("Жанна", "Омарова"), **ACTS)
        uow.execute(handlers.correct_child, corrected)
    assert true_to_their_identity(engine)
    with working(engine) as uow:
        merging = joining_commands.MergeChildren(
            id=new_id(), kept=one, merged=other, merged_version=1, ground="SAME_DOCUMENT", chosen=("names", "birth"),
            reason="one birth record", **ACTS,
        )  # fmt: skip
        merge = uow.execute(joining_handlers.merge_children, merging).id
    assert true_to_their_identity(engine)
    with working(engine) as uow:
        undoing = joining_commands.UnmergeChildren(id=merge, kept=one, reason="two children", **ACTS)
        uow.execute(joining_handlers.unmerge_children, undoing)
    assert true_to_their_identity(engine)


def test_a_merged_record_is_found_as_the_one_that_stays_until_that_is_withdrawn(engine):
    one, other = register(engine, identity(), identity("Мадина", "Сапарова", "Бекқызы", date(2012, 5, 6)))
    with working(engine) as uow:
        merging = joining_commands.MergeChildren(
            id=new_id(), kept=one, merged=other, merged_version=1, ground="SAME_DOCUMENT", chosen=(),
            reason="one birth record", **ACTS,
        )  # fmt: skip
        uow.execute(joining_handlers.merge_children, merging)
    said = identity("Мадина", "Сапарова", "Бекқызы", date(2012, 5, 6))
    assert {id_: each.under for id_, each in found(engine, said).items()} == {one: other}
    with working(engine) as uow:
        uow.execute(handlers.withdraw_child, commands.WithdrawChild(id=one, reason="OTHER", **ACTS))
    assert not found(engine, said)
    assert not kept(engine, one)


def test_what_is_withdrawn_or_erased_has_no_term_and_who_died_keeps_them(engine):
    withdrawn, erased, died = register(engine, identity(), identity("Мадина", "Сапарова"), ALIYA)
    with working(engine) as uow:
        uow.execute(handlers.withdraw_child, commands.WithdrawChild(id=withdrawn, reason="OTHER", **ACTS))
        death = domain.Death(TODAY, TODAY, "documented")
        uow.execute(handlers.record_death, commands.RecordDeath(id=died, death=death, **ACTS))
    with working(engine) as uow:
        sealing_wiping.wipe(uow.session, [erased])
    assert not kept(engine, withdrawn, erased)
    assert found(engine, ALIYA).keys() == {died}


def test_a_registration_that_is_rolled_back_leaves_no_term(engine):
    uow = deployed.unit_of_work("registry", engine, deployed.Context("registrar", clock.now()))
    uow.execute(handlers.register_child, commands.RegisterChild(id=new_id(), identity=identity(), **ACTS))
    uow.session.flush()
    uow.write_copied()
    uow.rollback()
    uow.commit()
    uow.close()
    assert not kept(engine)


def test_no_part_of_a_name_and_no_date_is_among_the_terms(engine):
    register(engine, identity("Zqterm", "Zqfamily", "Zqfather", script="Latn"))
    with engine.connect() as connection:
        rows = connection.execute(text("select match_term::text from match_term")).scalars().all()
    assert rows
    assert not [row for row in rows if "zq" in row.lower() or "2014" in row.split(",")[1]]


def test_terms_of_two_versions_are_found_beside_each_other_until_they_are_made_anew(engine, monkeypatch):
    [old] = register(engine, identity())
    with country(monkeypatch, expected=5_000_000), monkeypatch.context() as patch:
        patch.setattr(deployed, "KEYS", deployed.KEYS.with_new_index())
        [new] = register(engine, ALIYA)
        assert {Version.numbered(number).key for _, number in kept(engine, old)} == {1}
        assert {Version.numbered(number).key for _, number in kept(engine, new)} == {2}
        assert found(engine, identity()).keys() == {old}
        assert found(engine, ALIYA).keys() == {new}
        with working(engine) as uow:
            assert uow.matches.stale(10) == [old]
            uow.matches.reindex([old])
        with working(engine) as uow:
            assert uow.matches.stale(10) == []
            uow.matches.reindexed()
        assert {Version.numbered(number).key for _, number in kept(engine)} == {2}
        with working(engine) as uow:
            assert len(uow.matches._terms.versions) == 1
        assert found(engine, identity()).keys() == {old}


def test_terms_from_before_whole_names_in_one_field_are_asked_for_until_an_index_run_adds_the_new(engine, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(matching_terms, "READING", matching_terms.READING - 1)
        patch.setattr(keys, "in_one_field", lambda given, family: ())
        [one] = register(engine, identity("Ермекова Шолпан", "", ""))
    assert found(engine, identity()).keys() == {one}  # by the day, a term that was there
    vaguely = identity(born=date(2013, 1, 1))
    assert not found(engine, vaguely)
    with working(engine) as uow:
        assert uow.matches.stale(10) == [one]
        uow.matches.reindex([one])
    assert found(engine, vaguely).keys() == {one}


def test_a_record_from_before_there_were_terms_is_behind_and_gets_some(engine):
    [one] = register(engine, identity())
    with engine.begin() as connection:
        connection.execute(text("delete from match_term"))
    with working(engine) as uow:
        assert uow.matches.stale(10) == [one]
        assert uow.matches.stale(10, after=one) == []
        uow.matches.reindex([one])
    assert found(engine, identity()).keys() == {one}


def test_a_search_takes_the_same_few_statements_and_opens_a_few_records_however_many_bear_the_names(engine):
    said = identity("Muhammad", "Ali", "", date(2015, 1, 1), script="Latn")
    several = CROWDED + 50
    register(engine, said)
    first, before = counted(engine, said)
    register(engine, *[said] * several, by_copy=True)
    second, after = counted(engine, said)
    assert len(before) == len(after) <= 8
    assert first == 1
    assert second == OPENED


def counted(engine, said):
    """How many records a search opened, and the statements that it made."""
    opened = []
    whole = Matches._open

    def opening(self, rows):
        opened.append(len(rows))
        return whole(self, rows)

    with working(engine) as uow:
        likeness = uow.matches.likeness(said)
        uow.session.connection()
        with pytest.MonkeyPatch.context() as patch, deployed.statements(engine) as made:
            patch.setattr(Matches, "_open", opening)
            uow.matches.like(likeness)
    return opened[0], made


def test_how_large_the_register_is_needs_no_statistics(engine):
    register(engine, *[identity("Алия", "Жакупова", born=date(2010, 1, day)) for day in range(2, 12)])
    with engine.connect() as connection:
        size = connection.scalar(text("select size from kinward_match('{}', '{}', 1, 1)"))
    assert size == 10


def test_a_reading_for_a_person_finds_what_lies_out_of_reach_and_changes_nothing_of_the_reach(engine):
    [one] = register(engine, identity())
    with db.new_session(engine) as session:
        protection.attach(session, deployed.KEYS)
        row_security.guard(session, Caller("somebody", clock.now(), Reach(frozenset({"KZ-71"}))))
        row_security.snapshot(session)
        matches = Matches(session, deployed.PACK)
        [candidate] = matches.like(matches.likeness(identity()))
        assert candidate.child == one
        assert session.scalar(text("select count(*) from child")) == 0
