"""Any sequence of merges, undoings and corrections keeps every fact, every identifier and where it came from."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registry import domain
from services.registry.domain import joining
from shared.errors import KinwardError
from tests.unit.registry import given
from tests.unit.registry.test_joining import merge, unit, unmerge

RECORDS = 4
places = st.integers(0, RECORDS - 1)
FIELDS = ("names", "sex", "disability")


class Merging(RuleBasedStateMachine):
    """Some records that people take for one child, or two, and change in between."""

    @initialize()
    def begin(self):
        self.records = [
            given.child(
                identity=given.identity(sex="FMU"[place % 3], names=(domain.Name("Latn", family="ABCD"[place]),)),
                identifiers=(domain.Identifier("CASE_FILE", "", str(place)),),
            )
            for place in range(RECORDS)
        ]
        self.uow = unit(*self.records)
        self.own = {record.id: record.identifiers for record in self.records}
        self.first = {record.id: record.identity for record in self.records}
        self.touched = set()

    @rule(kept=places, merged=places, chosen=st.sets(st.sampled_from(FIELDS)))
    def merge(self, kept, merged, chosen):
        before = [(each.version, each.identity, each.identifiers, each.status) for each in self.records]
        try:
            merge(self.uow, self.records[kept], self.records[merged], *chosen)
        except KinwardError:
            assert before == [(each.version, each.identity, each.identifiers, each.status) for each in self.records]

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data):
        made = data.draw(st.sampled_from(self.standing()))
        merged = self.uow.children.kept[made.merged]
        was = made.merged_before
        unmerge(self.uow, made)
        assert (merged.identity, merged.identifiers) == (was, self.own[merged.id])

    @rule(place=places, sex=st.sampled_from("FMU"))
    def correct(self, place, sex):
        record = self.records[place]
        if record.status is domain.Status.ACTIVE and record.identity.sex != sex:
            record.correct(replace(record.identity, sex=sex), today=given.TODAY, by="registrar", at=given.AT)
            self.touched.add(record.id)

    @invariant()
    def every_identifier_is_carried_by_exactly_one_record_and_by_whom_it_came_to(self):
        carried = [own for record in self.records for own in record.identifiers]
        assert sorted(carried, key=repr) == sorted((own for owns in self.own.values() for own in owns), key=repr)
        for record in self.records:
            at = record.merged_into or record.id
            assert set(self.own[record.id]) <= set(self.uow.children.kept[at].identifiers)

    @invariant()
    def a_record_gives_way_to_one_that_stands(self):
        for record in self.records:
            assert (record.status is domain.Status.MERGED) == (record.merged_into is not None)
            if record.merged_into:
                assert self.uow.children.kept[record.merged_into].status is domain.Status.ACTIVE
                assert len([each for each in self.standing() if each.merged == record.id]) == 1

    def teardown(self):
        """With every merge undone, who was never corrected has the identity of the beginning."""
        if not hasattr(self, "records"):
            return
        while self.standing():
            unmerge(self.uow, self.standing()[0])
        for record in self.records:
            assert record.identifiers == self.own[record.id]
            if not self.touched:
                assert record.identity == self.first[record.id]

    def standing(self):
        return [each for each in self.uow.joinings.values() if each.status is joining.Standing.JOINED]


TestMerging = Merging.TestCase
