"""The routes about records that may be of one child."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.api import reaching
from services.registry.commands import matching as commands
from services.registry.domain import children_identity, names
from services.registry.domain.matching import Candidate, Compared, Pair, PairDecision, SameChild
from services.registry.domain.matching_comparing import KIN, MOTHER
from services.registry.domain.matching_weights import Likelihood
from services.registry.handlers import matching as handlers
from services.registry.schemas import children as children_schemas
from services.registry.schemas import matching as schemas
from services.registry.store.matching import Matches
from services.registry.views import children as children_views
from services.registry.views import matching as views
from shared import clock, http
from shared.countries import Pack
from shared.errors import Invalid, below, raise_all
from shared.ids import new_id, read_reference

OF_THE_FAMILY = (f"{MOTHER}-", f"{KIN}-")
FAMILY = "family"
TOLD = "elsewhere"
ASKING = ("registry.child.register", "registry.match.decide")
REASONS = "match_reason"


blueprint = http.Blueprint("matching", __name__, description="Records that may be of one child")


@blueprint.get("/matching/pairs")
@http.requires("registry.match.read")
@blueprint.arguments(schemas.MatchPairQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.ListedMatchPair))
def read_pairs(query: dict[str, Any]) -> dict[str, Any]:
    """Pairs of records that may be of one child, the likeliest first; those that wait for a decision unless asked."""
    cursor, limit = http.decode_cursor(query.pop("cursor"), int, UUID), query.pop("limit")
    with http.reading() as session:
        found = views.pairs(session, http.reach(), after=cast(Any, cursor), limit=limit + 1, **query)
        shown = http.page(found, limit, key=lambda row: (round(row["score"] * 10), row["id"]))
        within = reaching.within(reaching.within(shown["items"], key="child"), key="other")
        shown["items"] = [row | {"reasons": _told_of(row)} for row in within]
        http.audit_read(*(row[name] for row in within for name in ("child", "other")))
        return shown


@blueprint.get("/matching/pairs/<uuid:pair_id>")
@http.requires("registry.match.read", audits="pair_id")
@blueprint.response(200, children_schemas.SideBySide)
def read_pair(pair_id: UUID) -> dict[str, Any]:
    """Two records side by side, with what speaks for one child and what against it as they stand today."""
    with http.reading() as session:
        found = _reached(session, pair_id)
        one, other = (found[name] for name in ("child", "other"))
        records = {row["id"]: reaching.visible("child", row) for row in children_views.children(session, [one, other])}
        pack = http.pack()
        today = views.judged(session, Matches(session, pack), pack.languages, one, other)
        http.audit_read(one, other)
        http.etag(found["version"])
        said = {
            "score": today.score,
            "likelihood": today.likelihood.value,
            "reasons": [_labelled(pack, code) for code in reasons(today.reasons, _both(one, other))],
        }
        return found | {"reasons": _told_of(found), "today": said, "records": [records[one], records[other]]}


@blueprint.post("/matching/pairs/<uuid:pair_id>/decision")
@http.requires("registry.match.decide", audits="pair_id", if_match=True)
@blueprint.arguments(schemas.DecideSameChild)
@blueprint.response(201, schemas.DecisionReceipt)
def decide_pair(given: dict[str, Any], pair_id: UUID) -> dict[str, Any]:
    """Say whether two records are of one child. It is kept and not asked again; merging them is a step of its own."""
    with http.transaction() as uow:
        _reached(uow.session, pair_id)
        http.require_version(uow.match_pairs.get(pair_id))
        pair: Pair = uow.execute(
            handlers.decide_same_child, commands.DecideSameChild(id=pair_id, **given, **http.acting())
        )
        ways = [(pair.child, pair.other), (pair.other, pair.child)] if pair.decision is PairDecision.SAME else []
        merges = [
            {"route": f"/registry/children/{kept}/merges", "kept": kept, "merged": merged} for kept, merged in ways
        ]
        return {"id": pair.id, "version": pair.version, "next": merges}


def search(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """The children of a likeness within reach, the likeliest first; of those elsewhere that there is one, and where.

    Raises Invalid naming the field, OutOfScope where a sibling named is not within reach.
    """
    _require_well_written(given)
    for sibling in sorted(given["siblings"]):
        reaching.child(session, sibling)
    pack = http.pack()
    matches = Matches(session, pack)
    likeness = views.asked(matches, pack, **given)
    terms = matches.terms(likeness)
    http.after_reading(lambda uow: uow.match_asked.leave(terms))
    near, far = told(session, matches.like(likeness))
    http.audit_read(*([each["id"] for each in (*near, *far)] or [None]))
    crowded, number = matches.crowded, matches.weights.number
    return {"items": near, "elsewhere": far, "terms": len(terms), "crowded": crowded, "weights": number}


def told(session: Session, candidates: Iterable[Candidate]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the person may know of candidates: those within reach as children, each with its match; and, of likely ones
    out of reach, whom to ask. The latter are marked so in the audit log.
    """
    asked = {each.child: each for each in candidates}
    near = {row["id"] for row in reaching.within({"id": id_} for id_ in asked)}
    shown = {row["id"]: row for row in children_views.children(session, sorted(near))}
    likely = {id_ for id_, each in asked.items() if _told_elsewhere(each)}
    where = views.whereabouts(session, http.principal().subject, likely - near)
    for id_ in where:
        http.audit_mark(id_, told=TOLD)
    return (
        [
            reaching.visible("child", shown[id_]) | {"match": _match(each, reaching.groups(id_))}
            for id_, each in asked.items()
            if id_ in shown
        ],
        [where[id_] | _match(each, frozenset()) for id_, each in asked.items() if id_ in where],
    )


def compared(session: Session, given: Iterable[dict[str, Any]]) -> tuple[Compared, ...]:
    """What is said of records, by id; one merged into another stands for that one. Raises Invalid.

    A record that is not there is let go like one that is no candidate.
    """
    said: dict[UUID, Compared] = {}
    for place, each in enumerate(given):
        child = _meant(session, each["child"], f"compared.{place}.child")
        if child in said:
            raise Invalid("The same record is given twice.", field=f"compared.{place}.child", rule="compared-once")
        if child is not None:
            said[child] = Compared(child, PairDecision(each["decision"]), each["because"])
    return tuple(said.values())


def _told_elsewhere(found: Candidate) -> bool:
    """Whether someone out of whose reach a record is may learn that there is one: who registers children or decides."""
    allowed = (http.service().policy.allows(http.principal(), each) for each in ASKING)
    return found.judgement.likelihood is Likelihood.LIKELY and any(allowed)


@contextmanager
def telling_candidates() -> Iterator[None]:
    """Around the transaction of a registration: whom a refusal names is worked out, and noted as read, after it."""
    try:
        yield
    except SameChild as refused:
        with http.reading() as session:
            refused.members = {"candidates": _named(session, refused.candidates)}
        raise


def _named(session: Session, candidates: Iterable[Candidate]) -> list[dict[str, Any]]:
    asked = {each.child: each for each in candidates}
    near = {row["id"] for row in reaching.within({"id": id_} for id_ in asked)}
    where = views.whereabouts(session, http.principal().subject, asked)
    marks = {id_: {"told": TOLD} if id_ not in near else {} for id_ in where}
    http.audit_now([(id_, {"code": SameChild.code, **mark}) for id_, mark in marks.items()])
    return [
        {"id": str(id_) if id_ in near else None, "reference": where[id_]["reference"], "area": where[id_]["area"]}
        | (_match(each, reaching.groups(id_)) if id_ in near else _match(each, frozenset()) | {"under": None})
        for id_, each in asked.items()
        if id_ in where
    ]


def _meant(session: Session, text: str, field: str) -> UUID | None:
    """The record of an id or of a short reference; None where there is none of that reference."""
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        prefix, number = read_reference(text)
    except Invalid as error:
        error.field = field
        raise
    if prefix != children_views.REFERENCE:
        raise Invalid("A child's reference begins with CH.", field=field, rule="reference-form")
    return views.referred(session, number)


def _match(found: Candidate, groups: frozenset[str]) -> dict[str, Any]:
    judged = found.judgement
    return {
        "score": judged.score,
        "likelihood": judged.likelihood.value,
        "reasons": reasons(judged.reasons, groups),
        "under": str(found.under) if found.under else None,
    }


def reasons(codes: Iterable[str], groups: frozenset[str]) -> list[str]:
    """Those reasons that someone is told who sees these groups of the record's fields."""
    return [code for code in codes if FAMILY in groups or not code.startswith(OF_THE_FAMILY)]


def _require_well_written(given: dict[str, Any]) -> None:
    today = clock.day_in(http.service().zone, http.context().at)
    found = [
        *children_identity.problems(given["identity"], today),
        *(problem for parent in ("mother", "father") for problem in names.problems(given[parent], parent)),
    ]
    raise_all(below("likeness", found))


def _reached(session: Session, pair_id: UUID) -> dict[str, Any]:
    """The pair, both of whose records are within reach. Raises OutOfScope, at one price whatever the reason."""
    found = views.pair(session, pair_id)
    asked = [found["child"], found["other"]] if found else [new_id(), new_id()]
    within = reaching.within({"id": id_} for id_ in asked)
    if found is None or len(within) < len(asked):
        raise http.OutOfScope("No pair with this id.", field="pair")
    return found


def _both(one: UUID, other: UUID) -> frozenset[str]:
    """The groups of fields that the person sees of both records."""
    return reaching.groups(one) & reaching.groups(other)


def _told_of(row: dict[str, Any]) -> list[str]:
    return reasons(row["reasons"], _both(row["child"], row["other"]))


def _labelled(pack: Pack, code: str) -> dict[str, str]:
    return {"code": code, "label": str(pack.codes(REASONS)[code]["label"])}


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
