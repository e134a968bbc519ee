from uuid import UUID

from shared import envelope
from shared.event_log import packing
from shared.event_log.epochs import Place
from shared.event_log.log import Written
from shared.event_log.replay import Request

SOURCE = "urn:kinward:kz:registry"
PARENT = Place(UUID(int=6), 4, UUID(int=64))
EPOCH = UUID(int=7)


def name(sequence):
    return str(UUID(int=1000 + sequence)) if sequence else ""


def written(sequence, data="{}"):
    rest = ("registry.thing-made.v1", name(1), 1, "2011-10-31T00:00:00.000000Z", name(1), None, data)
    return Written(sequence, name(sequence), envelope.assemble(SOURCE, str(EPOCH), sequence, name(sequence), *rest))


def packed(events, parent=None):
    previous = name(events[0].sequence - 1) if events else ""
    return list(packing.pack(events, previous, source=SOURCE, epoch=EPOCH, parent=parent))


def place(message):
    return message.headers["first"], message.headers["last"], message.headers["previousid"]


def test_a_message_holds_at_most_500_events_and_each_names_the_one_before_it():
    messages = packed([written(sequence) for sequence in range(1, 1102)])
    assert [place(message) for message in messages] == [(1, 500, ""), (501, 1000, name(500)), (1001, 1101, name(1000))]


def test_a_message_holds_at_most_256_kib_unless_one_event_is_larger():
    large, huge = f'{{"a":"{"x" * 100_000}"}}', f'{{"a":"{"x" * 300_000}"}}'
    messages = packed([written(1, large), written(2, large), written(3, large), written(4, huge), written(5)])
    assert [place(message)[:2] for message in messages] == [(1, 2), (3, 3), (4, 4), (5, 5)]
    assert all(len(message.body) <= 256 * 1024 for message in messages if place(message)[0] != 4)


def test_an_epochs_first_message_names_what_it_follows_and_no_other_does():
    first, second = packed([written(sequence) for sequence in range(1, 502)], PARENT)
    assert first.headers == {
        "source": SOURCE,
        "epoch": str(EPOCH),
        "first": 1,
        "last": 500,
        "previousid": str(PARENT.id),
        "parentepoch": str(PARENT.epoch),
        "parentlast": 4,
    }
    assert set(second.headers) == {"source", "epoch", "first", "last", "previousid"}
    assert second.headers["previousid"] == name(500)


def test_the_first_epoch_follows_nothing():
    assert packed([written(1)])[0].headers["previousid"] == ""
    assert "parentepoch" not in packed([written(1)])[0].headers


def test_a_tick_stands_behind_the_head_and_at_an_epochs_beginning_names_what_it_follows():
    tick = packing.head_tick(5, name(5), source=SOURCE, epoch=EPOCH, parent=PARENT)
    assert (place(tick), tick.body) == ((6, 5, name(5)), b"[]")
    assert "parentepoch" not in tick.headers
    empty = packing.head_tick(0, "", source=SOURCE, epoch=EPOCH, parent=PARENT)
    assert place(empty) == (1, 0, str(PARENT.id))
    assert (empty.headers["parentepoch"], empty.headers["parentlast"]) == (str(PARENT.epoch), 4)


def test_an_answer_to_a_stranger_repeats_where_it_believes_to_be():
    def answer(request):
        headers = packing.head_tick(5, name(5), source=SOURCE, epoch=EPOCH, asked=request).headers
        return headers["askedepoch"], headers["askedafter"], headers["askedid"]

    assert answer(Request("reporting", PARENT.epoch, 9, PARENT.id)) == (str(PARENT.epoch), 9, str(PARENT.id))
    assert answer(Request("reporting", None, 9, None)) == ("", 9, "")
