"""Mistakes for the state machine to find: each is one part of the small world (stream_world) gone wrong.

Not here: the world as it should be.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from unittest.mock import patch

from shared.broker import BrokerUnavailable
from shared.stream import judgement
from shared.stream.catch_up import CatchUp
from shared.stream.judgement import Standing
from tests.property.stream_source import Relay
from tests.property.stream_world import Consumer, World

standing = judgement.standing


class AcknowledgesBeforeTheCommit(Consumer):
    def turn(self):
        self.connect()
        taken = self.world.broker.take(self.channel, self.most)
        if taken:
            self.world.broker.acknowledge(self.channel, taken)
            yield
            yield from self.apply(taken)
        self.ask()


class TakesNoLock(Consumer):
    def lock(self):
        return True


class SavesTheWatermarkInATransactionOfItsOwn(Consumer):
    def apply(self, taken):
        yield from super().apply(taken)
        saved, self.world.inside.mark = self.world.inside.mark, self.saved
        yield
        self.world.inside.mark = saved

    def judge(self, mark, runs):
        self.saved = replace(mark)
        return super().judge(mark, runs)


class SavesAWatermarkThatIsOneLow(Consumer):
    def write(self, inside, mark, fresh):
        super().write(inside, mark, fresh)
        if len(inside.applied) > 1:
            last = inside.applied[-2]
            mark.epoch, mark.sequence, mark.event_id = last.epoch, last.sequence, last.event_id


class Misjudges(Consumer):
    """Judges by a rule of its own where it has one."""

    def judge(self, mark, runs):
        with patch.object(judgement, "standing", self.standing):
            return super().judge(mark, runs)

    def standing(self, mark, run):
        raise AssertionError


class ComparesNoIds(Misjudges):
    def standing(self, mark, run):
        if run.epoch == mark.epoch and run.first <= mark.sequence + 1 <= run.last:
            known = run.events()[: mark.sequence + 1 - run.first]
            mark.event_id = known[-1].id if known else run.previous_id
        return standing(mark, run)


class AcceptsAGap(Misjudges):
    def standing(self, mark, run):
        if standing(mark, run) is Standing.AHEAD and run.count and run.epoch == mark.epoch:
            mark.sequence, mark.event_id = run.first - 1, run.previous_id
        return standing(mark, run)


class HandlesWhatItKnowsAgain(Misjudges):
    def standing(self, mark, run):
        if standing(mark, run) is Standing.KNOWN and run.count and run.epoch == mark.epoch:
            mark.sequence, mark.event_id = run.first - 1, run.previous_id
            return Standing.NEXT
        return standing(mark, run)


class AcceptsAnyNewEpoch(Misjudges):
    def standing(self, mark, run):
        if mark.epoch not in (None, run.epoch) and run.first == 1 and run.count:
            return Standing.NEXT
        return standing(mark, run)


class HoldsALateTickForAFork(Misjudges):
    def standing(self, mark, run):
        if run.epoch == mark.epoch and run.count == 0 and run.unknown is None and run.last < mark.sequence:
            return Standing.FORKED
        return standing(mark, run)


class BelievesAnAnswerToAnotherQuestion(Misjudges):
    def standing(self, mark, run):
        return standing(mark, run) if run.unknown is None else Standing.FORKED


class NeverAsksAgain(Consumer):
    class Impatient(CatchUp):
        def asked(self, now, sequence):
            super().asked(now, sequence)
            self._due = None

    patience = Impatient


class OverlooksGaps(Consumer):
    def committed(self, found, mark):
        found.gaps.clear()
        super().committed(found, mark)


class OverlooksDoubts(Consumer):
    def committed(self, found, mark):
        found.doubtful.clear()
        super().committed(found, mark)


class MarksBeforeTheConfirm(Relay):
    def publish(self, source, epoch, before, until):
        source.mark_published(epoch, until)
        return (yield from super().publish(source, epoch, before, until))


class GoesOnBehindTheNack(Relay):
    def publish(self, source, epoch, before, until):
        try:
            return (yield from super().publish(source, epoch, before, until))
        except BrokerUnavailable:
            source.mark_published(epoch, until)
            raise


class NeverTicks(Relay):
    def tick_due(self, burst):
        return False


class EndsAWindowWithoutATick(Relay):
    def replay(self, *args):
        return [message for message in super().replay(*args) if message.body != b"[]"]


class ReplaysBesideTheLoop(Relay):
    """What it read for a consumer in one turn is sent in the next, when the live messages have gone out."""

    late = ()

    def replay(self, *args):
        found, self.late = self.late, super().replay(*args)
        return list(found)


class SkipsTheParentsTail(Relay):
    def replay(self, source, chain, published, consumer, window):
        if window.epoch != chain[-1].id:
            window.epoch, window.after = chain[-1].id, 0
        return super().replay(source, chain, published, consumer, window)


class AnswersNobodyWhomItDoesNotKnow(Relay):
    def hear(self, *args):
        super().hear(*args)
        return []


class BeginsAnEpochWithoutLookingAgain(Relay):
    def notice_cluster(self):
        source = self.world.source
        if source.cluster != source.noted_cluster:
            parent = source.end()
            yield
            with patch.object(source, "end", lambda: parent):
                source.begin_epoch(self.world.new_epoch())


PARTS: dict[str, dict[str, type]] = {
    "acknowledges before the commit": {"consumer": AcknowledgesBeforeTheCommit},
    "takes no lock": {"consumer": TakesNoLock},
    "saves the watermark in a transaction of its own": {"consumer": SavesTheWatermarkInATransactionOfItsOwn},
    "saves a watermark that is one low": {"consumer": SavesAWatermarkThatIsOneLow},
    "compares no ids": {"consumer": ComparesNoIds},
    "accepts a gap": {"consumer": AcceptsAGap},
    "handles what it knows again": {"consumer": HandlesWhatItKnowsAgain},
    "accepts any new epoch": {"consumer": AcceptsAnyNewEpoch},
    "holds a late tick for a fork": {"consumer": HoldsALateTickForAFork},
    "believes an answer to another question": {"consumer": BelievesAnAnswerToAnotherQuestion},
    "never asks again": {"consumer": NeverAsksAgain},
    "overlooks gaps": {"consumer": OverlooksGaps},
    "overlooks doubts": {"consumer": OverlooksDoubts},
    "marks before the confirm": {"relay": MarksBeforeTheConfirm},
    "goes on behind the nack": {"relay": GoesOnBehindTheNack},
    "never ticks": {"relay": NeverTicks},
    "ends a window without a tick": {"relay": EndsAWindowWithoutATick},
    "replays beside the loop": {"relay": ReplaysBesideTheLoop},
    "skips the parent's tail": {"relay": SkipsTheParentsTail},
    "answers nobody whom it does not know": {"relay": AnswersNobodyWhomItDoesNotKnow},
    "begins an epoch without looking again": {"relay": BeginsAnEpochWithoutLookingAgain},
}
MISTAKES: dict[str, Callable[[], World]] = {name: partial(World, **parts) for name, parts in PARTS.items()}
