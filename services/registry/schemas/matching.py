"""What the API takes and gives about records that may be of one child.

Not here: what is asked of runs (matching_runs) and of weights (matching_learning); the child itself (children).
"""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.registry.domain.children_age import ESTIMATED, TO_THE_DAY
from services.registry.domain.children_identity import Birth as BirthValue
from services.registry.domain.children_identity import Identity as IdentityValue
from services.registry.domain.matching import AT_REGISTRATION, Origin, PairDecision
from services.registry.domain.matching_comparing import UNKNOWN_SEX
from services.registry.domain.matching_weights import Likelihood
from services.registry.domain.names import as_written
from services.registry.schemas.children_identity import MOST, Birth, Name
from shared.http import AreaField, CodeField, PageQuery, Problem, Receipt, Several

WORDS = validate.Length(min=1, max=4000)
REFERENCE = validate.Length(min=1, max=40)
NOT_KNOWN = BirthValue(None, None, TO_THE_DAY, ESTIMATED)


def several_names(**options: Any) -> Several:
    """Names of one person, in one script or several."""
    return Several(fields.Nested(Name), validate=validate.Length(max=MOST), **options)


class Likeness(Schema):
    """What is known of a child that is looked for: at least a name; the rest where it is known.

    `mother` and `father` are their names, `siblings` children of the register by id.
    """

    names = Several(fields.Nested(Name), required=True, validate=validate.Length(min=1, max=MOST))
    sex = CodeField("sex", load_default=UNKNOWN_SEX)
    birth = fields.Nested(Birth, load_default=NOT_KNOWN)
    area = AreaField(load_default="")
    mother = several_names(load_default=())
    father = several_names(load_default=())
    siblings = Several(fields.UUID(), load_default=(), validate=validate.Length(max=MOST))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What is known of the child, as an identity; and of those beside it."""
        names = tuple(map(as_written, data["names"]))
        parents = {name: tuple(map(as_written, data[name])) for name in ("mother", "father")}
        identity = IdentityValue(names, data["sex"], data["birth"], data["area"])
        return {"identity": identity, "siblings": frozenset(data["siblings"]), **parents}


class Match(Schema):
    """Why a record is shown: how likely it is of the same child, and in what the two agree or differ.

    `score` is the weight of it in bits. `reasons` are codes of the list match_reason. `under` is the record, merged
    into this one since, that it was found under.
    """

    score = fields.Float(required=True)
    likelihood = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    under = fields.UUID(required=True, allow_none=True)


class Elsewhere(Schema):
    """A record out of reach that is likely of the same child: whom to ask, and nothing of what it says."""

    reference = fields.String(required=True)
    area = fields.String(required=True)
    score = fields.Float(required=True)
    likelihood = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)


class Compared(Schema):
    """What who registers a child says of a record that is likely of it: another child, or not sure; and why.

    `child` is the id or the short reference of that record. Of the same child there is nothing to register.
    """

    child = fields.String(required=True, validate=REFERENCE)
    decision = fields.String(required=True, validate=validate.OneOf(sorted(AT_REGISTRATION)))
    because = fields.String(required=True, validate=WORDS)


class SameChildCandidate(Schema):
    """A record that is likely of the child being registered; `id` where it is within reach."""

    id = fields.UUID(required=True, allow_none=True)
    reference = fields.String(required=True)
    area = fields.String(required=True)
    score = fields.Float(required=True)
    likelihood = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    under = fields.UUID(required=True, allow_none=True)


class SameChildProblem(Problem):
    """As every problem; with the code same-child, the records to look at before the child is registered."""

    candidates = fields.List(fields.Nested(SameChildCandidate), metadata={"description": "With the code same-child"})


class MatchPairQuery(PageQuery):
    """Which pairs: those that wait for a decision, unless a decision is named."""

    decision = fields.String(load_default=None, validate=validate.OneOf([each.value for each in PairDecision]))
    likelihood = fields.String(load_default=None, validate=validate.OneOf([each.value for each in Likelihood]))
    origin = fields.String(load_default=None, validate=validate.OneOf([each.value for each in Origin]))


class MatchPair(Schema):
    """A pair and its decision. `score`, `likelihood` and `reasons` are those of when it was found."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    score = fields.Float(required=True)
    likelihood = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    origin = fields.String(required=True)
    found_at = fields.AwareDateTime(required=True, format="iso")
    decision = fields.String(required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class RecordOfPair(Schema):
    """One of the two records: nothing of what it says."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    area = fields.String(required=True)


class ListedMatchPair(MatchPair):
    """A pair in the review list."""

    records = fields.List(fields.Nested(RecordOfPair), required=True)


class MatchReason(Schema):
    """A reason with its words."""

    code = fields.String(required=True)
    label = fields.String(required=True)


class MatchToday(Schema):
    """What the two records say beside each other as they stand now."""

    score = fields.Float(required=True)
    likelihood = fields.String(required=True)
    reasons = fields.List(fields.Nested(MatchReason), required=True)


class DecideSameChild(Schema):
    """What a person says of a pair, and why."""

    decision = fields.String(
        required=True, validate=validate.OneOf([each.value for each in PairDecision if each != PairDecision.PROPOSED])
    )
    because = fields.String(required=True, validate=WORDS)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the command takes it."""
        return data | {"decision": PairDecision(data["decision"])}


class NextMerge(Schema):
    """One way to make the two records one: the route, the record that stays and the one that gives way."""

    route = fields.String(required=True)
    kept = fields.UUID(required=True)
    merged = fields.UUID(required=True)


class DecisionReceipt(Receipt):
    """The decision is kept. `next`: after `same`, the merges to choose from; nothing is merged by itself."""

    next = fields.List(fields.Nested(NextMerge), required=True)
