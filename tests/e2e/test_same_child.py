"""The same child, met again in another office, another script and a ministry's file, in a deployment that runs.

Real processes over a private RabbitMQ node and Debian's PostgreSQL 15. What each rule of matching says is tried in
tests/unit and tests/integration: here is the way through all of it, as the people of a country go it.
"""

import json

import pytest
from kombu import Connection, Exchange, Queue

from shared.envelope import decode_batch
from shared.ids import new_id
from tests.e2e import registers, running
from tests.e2e.people import Person
from tests.e2e.running import until

SERVICES = ("registry", "placements", "social_work", "reporting")
ALMATY, ASTANA = "KZ-75", "KZ-71"
BORN = "2014-09-17"
CYRILLIC = {"script": "Cyrl", "family": "Ахметова", "given": "Айгерім", "patronymic": "Серікқызы"}
LATIN = {"script": "Latn", "family": "Aigerim", "given": "Akhmetova", "patronymic": "Serikkyzy"}
FILE = {
    "one": ("Қасымов", "Нұрлан", "Ерболұлы", "Cyrl", "M", "2013-03-08"),
    "two": ("Сейтқали", "Мөлдір", "Бақытқызы", "Cyrl", "F", "2015-11-21"),
    "three": ("Оспанов", "Рүстем", "Маратұлы", "Cyrl", "M", "2012-06-30"),
}
AGAIN = {
    "one": ("Kasymov", "Nurlan", "Erboluly", "Latn", "M", "2013-03-08"),
    "two": ("سەيتقالى", "مولدىر", "باقىتقىزى", "Arab", "F", "2015-11-21"),
    "three": ("Rustem", "Ospanov", "Maratovich", "Latn", "M", "2012-06-30"),
}
TWINS = ("Аружан", "Жансая")
MUHAMMADS = 100
SMALL = ("tests.e2e.small_batches",)
RUNS = "select count(*) from match_run where kind = 'register'"
RUN = "select id from match_run where kind = 'register' and status = 'running' and looked > 0"


@pytest.fixture(scope="module")
def kz(rabbitmq, postgresql_debian15):
    """A country's deployment, serving."""
    databases = {f"{service.upper()}_DATABASE_URL": postgresql_debian15.new_database() for service in SERVICES}
    uri = rabbitmq.new_vhost()
    with running.home() as home, running.deployment(home, "kz", AMQP_URI=uri, **databases) as made:
        made.kinward("migrate")
        made.kinward("keys", "init")
        made.serve("all")
        yield made
    rabbitmq.drop_vhost(uri)
    for url in databases.values():
        postgresql_debian15.drop_database(url)


@pytest.fixture(scope="module")
def almaty(kz):
    return Person(kz, "registrar", "registrar of Almaty", (ALMATY,))


@pytest.fixture(scope="module")
def astana(kz):
    return Person(kz, "registrar", "registrar of Astana", (ASTANA,))


@pytest.fixture(scope="module")
def supervisor(kz):
    return Person(kz, "supervisor", "supervisor", centre=new_id())


@pytest.fixture
def subscriber(kz):
    """(type, subject) of what registry tells from now on, for a program that listens to the broker."""
    heard = []
    queue = Queue(f"listener-{new_id()}", exchange=Exchange("registry.events", type="fanout", no_declare=True))
    with Connection(kz.settings["KINWARD_AMQP_URI"]) as connection:
        bound = queue.bind(connection.default_channel)
        bound.declare()

        def drain():
            while (message := bound.get(no_ack=True)) is not None:
                heard.extend((event.type, str(event.subject)) for event in decode_batch(message.body))
            return heard

        yield drain


def identity(*names, area=ALMATY, sex="F", born=BORN):
    return {"names": list(names), "sex": sex, "birth": {"date": born, "area": ALMATY}, "area": area}


def pairs(person, **query):
    """The review list, all pages."""
    found, cursor = [], ""
    while cursor is not None:
        asked = "&".join(f"{name}={value}" for name, value in query.items()) + (f"&cursor={cursor}" if cursor else "")
        page = person.get(f"/registry/matching/pairs?limit=100&{asked}")
        assert page.status == 200, page.body.decode()
        found, cursor = found + page.json["items"], page.json["next"]
    return found


def between(person, *children, **query):
    found = [each for each in pairs(person, **query) if {row["id"] for row in each["records"]} == set(children)]
    return found[0] if found else None


def imported(kz, name, children, **cells):
    """A register of children without stays; the ids they got, by their keys."""
    empty = dict.fromkeys(registers.COLUMNS, "")
    lines = []
    for key, (family, given, patronymic, script, sex, born) in children.items():
        said = {"family_name": family, "given_name": given, "patronymic": patronymic, "script": script, "sex": sex}
        said |= {"child_key": key, "birth_date": born, "birth_precision": "day", "area": ALMATY}
        lines.append(tuple((empty | said | cells)[column] for column in registers.COLUMNS))
    file = registers.write(kz.home / f"{name}.csv", lines)
    before = {row[0] for row in kz.rows("registry", "select id from child")}
    kz.kinward("import", "register", str(file), "--register", name, "--new-register")
    after = kz.rows("registry", "select id from child order by number")
    return [str(id_) for (id_,) in after if id_ not in before]


@pytest.fixture(scope="module")
def met_again(almaty, astana):
    """A child registered in Almaty, and again in Astana by somebody who is not sure; the answer in between."""
    first = almaty.made("/registry/children", {"identity": identity(CYRILLIC)})["id"]
    body = {"identity": identity(LATIN, area=ASTANA, born="2014-01-01")}
    refused = astana.post("/registry/children", body)
    reference = almaty.get(f"/registry/children/{first}").json["reference"]
    compared = [{"child": reference, "decision": "unsure", "because": "No papers yet."}]
    second = astana.made("/registry/children", body | {"compared": compared})["id"]
    return first, second, refused, reference


def test_a_child_registered_in_another_office_in_another_script_is_told_of_without_a_word_of_its_record(met_again):
    first, _, refused, reference = met_again
    assert (refused.status, refused.json["code"]) == (409, "same-child"), refused.body.decode()
    [candidate] = refused.json["candidates"]
    assert (candidate["reference"], candidate["area"], candidate["likelihood"]) == (reference, ALMATY, "likely")
    assert {"order-swapped", "other-script"} <= set(candidate["reasons"])
    words = refused.body.decode()
    assert not [word for word in (first, "Ахметова", "Айгерім", BORN) if word in words]


def test_who_is_not_sure_registers_and_the_pair_waits_for_who_reaches_both(met_again, almaty, astana, supervisor):
    first, second, _, _ = met_again
    pair = between(supervisor, first, second)
    assert (pair["decision"], pair["origin"]) == ("unsure", "registration")
    for office in (almaty, astana):
        assert between(office, first, second) is None
        assert office.get(f"/registry/matching/pairs/{pair['id']}").status == 404


def test_one_child_is_decided_merged_told_to_who_listens_and_undone(kz, met_again, supervisor, subscriber):
    first, second, _, _ = met_again
    pair = between(supervisor, first, second)["id"]
    path = f"/registry/matching/pairs/{pair}"
    version = int(supervisor.get(path).headers["ETag"].strip('"'))
    decided = supervisor.made(f"{path}/decision", {"decision": "same", "because": "Seen both papers."}, version)
    assert {(way["kept"], way["merged"]) for way in decided["next"]} == {(first, second), (second, first)}

    body = {"merged": second, "merged_version": supervisor.version(second), "ground": "SAME_DOCUMENT", "reason": "One."}
    merge = supervisor.made(f"/registry/children/{first}/merges", body, supervisor.version(first))["id"]
    told = {("registry.child-merged.v1", second), ("registry.child-joined.v1", first)}
    until(lambda: told <= set(subscriber()), "both sides of the merge are told")

    undoing = f"/registry/children/{first}/merges/{merge}/undoing"
    supervisor.made(undoing, {"reason": "Two cousins."}, supervisor.version(first))
    told = {("registry.child-unmerged.v1", second), ("registry.child-parted.v1", first)}
    until(lambda: told <= set(subscriber()), "both sides of the undoing are told")
    assert between(supervisor, first, second, decision="different")
    assert [supervisor.get(f"/registry/children/{id_}").json["status"] for id_ in (first, second)] == ["active"] * 2
    kz.settle()


def test_a_file_with_the_same_children_in_other_scripts_comes_to_the_review_list(kz, supervisor):
    here = imported(kz, "ministry", FILE)
    again = imported(kz, "hospital", AGAIN)
    assert (len(here), len(again)) == (3, 3)
    kz.kinward("matching", "run")
    found = [between(supervisor, *each) for each in zip(here, again, strict=True)]
    assert [pair and pair["likelihood"] for pair in found] == ["likely"] * 3
    assert ["other-script" in pair["reasons"] for pair in found] == [True] * 3
    kz.kinward("matching", "run")
    assert len(pairs(supervisor)) == len({each["id"] for each in pairs(supervisor)})


def test_twins_are_two_children_to_the_check_and_to_the_run(kz, almaty, supervisor):
    names = [{"script": "Cyrl", "family": "Байжанова", "given": name, "patronymic": "Даниярқызы"} for name in TWINS]
    one, other = (almaty.made("/registry/children", {"identity": identity(name)})["id"] for name in names)
    kz.kinward("matching", "run")
    assert between(supervisor, one, other, likelihood="likely") is None


def test_a_hundred_of_one_name_born_on_the_first_of_january_are_a_hundred_children(kz, supervisor, almaty):
    name = ("Ali", "Muhammad", "", "Latn", "M", "2012-01-01")
    children = set(imported(kz, "shelter", {str(number): name for number in range(MUHAMMADS)}))
    kz.kinward("matching", "run")
    listed = [each for each in pairs(supervisor) if {row["id"] for row in each["records"]} <= children]
    assert [each for each in listed if each["likelihood"] == "likely"] == []
    known = {
        "names": [{"script": "Arab", "family": "علی", "given": "محمد"}],
        "sex": "M",
        "birth": {"date": "2012-01-01"},
    }
    found = almaty.post("/registry/children/search", {"likeness": known | {"area": ALMATY}})
    assert found.status == 200, found.body.decode()
    assert {each["id"] for each in found.json["items"]} <= children
    assert {each["match"]["likelihood"] for each in found.json["items"]} <= {"possible"}
    states = kz.rows(
        "registry", "select distinct status from child where id = any (cast(:ids as uuid[]))", ids=[*children]
    )
    assert states == [("active",)]


def killed_while_looking(kz):
    """The id of a run over the register whose process was killed after its first chunk; None where it was done."""
    process = kz.begin("matching", "run", module=SMALL)
    until(lambda: kz.value("registry", RUN) is not None or process.poll() is not None, "a chunk is done")
    process.kill()
    process.wait()
    return kz.value("registry", RUN)


def test_a_run_killed_in_the_middle_goes_on_where_it_was(kz, supervisor):
    lines = registers.kazakhstan_of(guardianship=630, foster=70, residential=315)
    file = registers.write(kz.home / "large.csv", lines)  # three chunks
    kz.kinward("import", "register", str(file), "--register", "large", "--new-register")
    kz.served[-1].kill()  # else its timers go on with the run at once
    for _ in range(5):  # a quick machine may be done before it can be killed
        before = kz.value("registry", RUNS)
        killed = killed_while_looking(kz)
        if killed is not None:
            break
    done = json.loads(kz.kinward("matching", "run", "--json"))
    assert (done["id"], done["status"], done["looked"]) == (str(killed), "done", done["children"])
    assert kz.value("registry", RUNS) == before + 1
    assert not kz.rows("registry", "select child, other from match_pair group by child, other having count(*) > 1")
