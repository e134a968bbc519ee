"""What registry keeps, on both PostgreSQL: children come back as they were, half-states are refused."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.registry import commands, domain, handlers
from services.registry.store import imports as import_store
from services.registry.views import children as views
from services.registry.views import families as family_views
from services.registry.views import imports as import_views
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from tests import named
from tests.integration import deployed

TODAY = date(2026, 3, 1)
ACTS = {"actor": "registrar", "at": clock.now(), "today": TODAY}
NAMES = (
    domain.Name("Cyrl", "birth", "Тестова", "Айгүл", "Ерланқызы"),
    domain.Name("Latn", "alias", "", "Aygül", ""),
    domain.Name("Arab", "current", "", "آيگول", ""),
)


@pytest.fixture(scope="module", params=["wheel", "debian15"])
def engine(request):
    with deployed.migrated(request.getfixturevalue(f"postgresql_{request.param}"), "registry") as engine:
        yield engine


def working(engine):
    return deployed.working("registry", engine)


def identity(**changes):
    birth = domain.Birth(date(2015, 5, 1), date(2015, 5, 31), "month", "estimated")
    number = named.number()
    names = tuple(replace(each, given=named.invented(number, each.script)[1]) for each in NAMES)
    return domain.Identity(**{"names": names, "sex": "F", "birth": birth, "area": "KZ-75"} | changes)


def new_key():
    return domain.Identifier("CASE_FILE", "main", str(new_id()))


def register(engine, *identifiers, **changes):
    command = commands.RegisterChild(id=new_id(), identity=identity(**changes), identifiers=identifiers, **ACTS)
    with working(engine) as uow:
        return handlers.register_child(uow, command)


def loaded(engine, id_):
    with working(engine) as uow:
        child = uow.children.get(id_)
        list(child.revisions)  # loads them while the session is open
        return child


@pytest.mark.parametrize("disability", [None, True, False])
@pytest.mark.parametrize("birth", [identity().birth, domain.Birth(None, None, "year", "estimated")])
def test_a_child_comes_back_as_it_was(engine, disability, birth):
    made = register(engine, new_key(), new_key(), disability=disability, birth=birth)
    child = loaded(engine, made.id)
    for part in ("id", "number", "identity", "identifiers", "siblings", "status", "withdrawn_because", "version"):
        assert getattr(child, part) == getattr(made, part)


def test_amendments_and_their_revisions_are_kept(engine):
    made = register(engine)
    id_, before = made.id, made.identity
    for sex in ("M", "U"):
        with working(engine) as uow:
            handlers.correct_child(uow, commands.CorrectChild(id=id_, identity=identity(sex=sex), **ACTS))
    child = loaded(engine, id_)
    assert (child.identity.sex, child.version) == ("U", 3)
    assert [(kept.version, kept.kind, kept.before.sex) for kept in child.revisions] == [
        (1, "correction", before.sex),
        (2, "correction", "M"),
    ]
    assert child.revisions[0].before == before


def test_the_area_of_a_child_can_be_searched_though_it_is_kept_in_its_identity(engine):
    id_ = register(engine, area="KZ-71").id
    with deployed.reading(engine) as session:
        assert views.child(session, id_)["area"] == "KZ-71"
    with working(engine) as uow:
        command = commands.AmendChild(id=id_, identity=identity(area="KZ-75"), on=TODAY, **ACTS)
        handlers.amend_child(uow, command)
    with deployed.reading(engine) as session:
        assert views.child(session, id_)["area"] == "KZ-75"


def test_numbers_are_given_once_singly_and_in_batches(engine):
    with working(engine) as uow:
        single = uow.children.next_number()
        uow.children.expect_new(3)
        batch = [uow.children.next_number() for _ in range(4)]
    assert len({single, *batch}) == 5
    assert batch == sorted(batch)


def test_an_identifier_is_looked_up_once_and_also_before_its_row_is_written(engine):
    one, two = new_key(), new_key()
    first = register(engine, one)
    with working(engine) as uow:
        uow.children.expect_identifiers([one, two])
        assert uow.children.holding(one) == first.id
        assert uow.children.holding(two) is None
        assert uow.children.holding(domain.Identifier("CASE_FILE", "other", one.value)) is None
        second = handlers.register_child(
            uow, commands.RegisterChild(id=new_id(), identity=identity(), identifiers=(two,), **ACTS)
        )
        assert uow.children.holding(two) == second.id


def test_of_two_that_register_one_identifier_at_once_one_is_refused_whole(engine):
    key = new_key()
    late = commands.RegisterChild(id=new_id(), identity=identity(), identifiers=(key,), **ACTS)
    with pytest.raises(IntegrityError), working(engine) as slow:
        assert slow.children.holding(key) is None
        quick = register(engine, key)
        with pytest.raises(domain.IdentifierTaken):
            register(engine, key)
        handlers.register_child(slow, late)
    with deployed.reading(engine) as session:
        found = views.holding(session, key, any_issuer=True)
        assert [child["id"] for child in found] == [quick.id]
        with pytest.raises(NotFound):
            views.child(session, late.id)


def test_withdrawing_frees_the_identifiers_but_keeps_them_on_the_entry(engine):
    key = new_key()
    first = register(engine, key)
    with working(engine) as uow:
        handlers.withdraw_child(uow, commands.WithdrawChild(id=first.id, reason="DUPLICATE", **ACTS))
    second = register(engine, key)
    with deployed.reading(engine) as session:
        assert [child["id"] for child in views.holding(session, key)] == [second.id]
    assert loaded(engine, first.id).identifiers == (key,)


def test_an_import_mark_never_moves_back_and_is_one_for_each_file_and_register(engine):
    file = {"file_sha256": str(new_id()), "register": "main"}
    with deployed.reading(engine) as session:
        assert import_views.import_progress(session, **file) == 0
        for line in (500, 300):
            import_store.move_import_mark(session, **file, lines=range(2, line + 1), refused=set(), at=clock.now())
        session.commit()
        assert import_views.import_progress(session, **file) == 500
        assert import_views.import_progress(session, file["file_sha256"], "other") == 0
        assert import_views.import_progress(session, str(new_id()), "main") == 0


def test_a_line_is_noted_as_refused_until_it_is_taken(engine):
    file = {"file_sha256": str(new_id()), "register": "main"}
    with deployed.reading(engine) as session:
        for lines, refused in ((range(2, 10), {7, 9}), (range(10, 20), {12}), (range(2, 10), {9}), (range(2, 10), {9})):
            import_store.move_import_mark(session, **file, lines=lines, refused=refused, at=clock.now())
        session.commit()
        assert import_views.import_refusals(session, **file) == {9, 12}


@pytest.mark.parametrize(
    "change",
    [
        "update child set status = 'withdrawn'",
        "update child set withdrawn_because = 'OTHER'",
        "update child set status = 'lost'",
        "update child set version = 0",
        "update child set siblings = array[id]",
        "update child_revision set kind = 'whim'",
        "delete from child",
    ],
)
def test_the_tables_refuse_half_states(engine, change):
    id_ = register(engine, new_key()).id
    with working(engine) as uow:
        handlers.correct_child(uow, commands.CorrectChild(id=id_, identity=identity(sex="M"), **ACTS))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(change))


def test_siblings_come_back_as_a_set_of_ids(engine):
    first, second = register(engine), register(engine)
    with working(engine) as uow:
        uow.children.expect(sorted([first.id, second.id]))
        handlers.link_siblings(uow, commands.LinkSiblings(id=first.id, siblings=(second.id,), **ACTS))
    assert loaded(engine, first.id).siblings == {second.id}
    with deployed.reading(engine) as session:
        assert [each["id"] for each in family_views.siblings(session, second.id, TODAY)] == [first.id]
        with pytest.raises(NotFound):
            views.child(session, new_id())
