"""What a person has to see to, over all services, by the day the law or the pack sets: one row a thing, one list.

Each source is a list of one service that the person may read. A thing that is on two lists is shown once: as the alarm,
where there is one. Not here: the pages (pages.home), what the services find due.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from services.portal import together
from services.portal.formats import day, moment, term
from services.portal.house import Person, apis, house
from shared import clock

MOST = 100
MOST_READ = 20
"""Rows of a list of registry at once: each row counts as a reading of that child (docs/guarding.md)."""
SOON = timedelta(days=7)
HORIZON = timedelta(days=30)
ALARM = "alarm"


@dataclass(frozen=True)
class Work:
    """One thing to see to: its kind in words, why, by which rule, by when, whose; where to act on it."""

    id: str
    kind: str
    words: str
    why: str
    rule: str | None
    due: str | None
    area: str | None
    child: str | None
    owner: str | None
    url: str | None

    @property
    def order(self) -> tuple[bool, str, str]:
        """The earliest first; what has no day of the law last."""
        return self.due is None, self.due or "", self.id


@dataclass(frozen=True)
class Source:
    """A list of a service, and how a row of it reads as work. `due`: its day; `tab`: where on the child's page."""

    kind: str
    words: Any
    permission: str
    service: str
    path: str
    due: str | None = None
    query: tuple[tuple[str, Any], ...] = ()
    why: Callable[[Mapping[str, Any]], str] | None = None
    rule: str | None = None
    child: str | None = "child"
    endpoint: tuple[str, str] | None = None  # of a page of its own, and how its argument is called
    tab: str = "child.show"
    only: Callable[[Mapping[str, Any]], bool] | None = None


def _pair_words(row: Mapping[str, Any]) -> str:
    return _("%(one)s and %(other)s", one=row["records"][0]["reference"], other=row["records"][1]["reference"])


SOURCES: tuple[Source, ...] = (
    Source(ALARM, lazy_gettext("Alarms"), "placements.alarm.read", "placements", "alarms", "due"),
    Source("reviews", lazy_gettext("Reviews of stays"), "placements.review.read", "placements", "reviews/due",
           "review_due", rule="review-in-time", tab="child.care",
           why=lambda row: _("Still necessary, still suitable? %(form)s", form=term(row["care_form"], "care_form"))),
    Source("notices", lazy_gettext("People to be told"), "placements.decision.read", "placements", "notices", "due",
           tab="child.decisions", only=lambda row: row["status"] in {"due", "overdue"},
           why=lambda row: _("To be told: %(whom)s", whom=term(row["to"], "notice_to"))),
    Source("follow-ups", lazy_gettext("Visits after a return home"), "placements.reintegration.read", "placements",
           "follow-ups", "due", tab="child.care",
           why=lambda row: _("Month %(month)s after the return", month=row["month"])),
    Source("guardian-reports", lazy_gettext("Reports of guardians"), "placements.guardianship.read", "placements",
           "guardian-reports-due", "report_due", tab="child.decisions"),
    Source("gatekeeping", lazy_gettext("Gatekeeping cases"), "placements.gatekeeping.list", "placements",
           "gatekeeping", "due_at", endpoint=("gatekeeping.show", "case"), tab="child.decisions",
           only=lambda row: not row["ended_on"], why=lambda row: term(row["kind"], "gatekeeping_kind")),
    Source("agenda", lazy_gettext("Cases on your panel's agenda"), "placements.agenda.read", "placements",
           "gatekeeping/agenda", "due_at", endpoint=("gatekeeping.show", "case"), child=None,
           why=lambda row: term(row["kind"], "gatekeeping_kind")),
    Source("exemptions", lazy_gettext("Deviations to sign"), "placements.exemption.sign", "placements", "exemptions",
           query=(("state", "proposed"),), tab="child.decisions"),
    Source("unrepresented", lazy_gettext("Children without a legal representative"), "registry.legal.read", "registry",
           "alarms/unrepresented-children", "due", child="id", tab="child.decisions",
           why=lambda row: _("Nobody represents the child by law")),
    Source("guardian-reports", lazy_gettext("Reports of guardians"), "registry.legal.read", "registry",
           "alarms/guardian-reports", "due", tab="child.decisions"),
    Source("papers", lazy_gettext("Papers to obtain"), "registry.papers.read", "registry",
           "alarms/overdue-identity-work", "due", tab="child.papers",
           why=lambda row: term(row["kind"], "identity_work_kind")),
    Source("searches", lazy_gettext("Steps in the search for a missing child"), "registry.alert.read", "registry",
           "alarms/overdue-alerts", "due_at"),
    Source("households", lazy_gettext("Households to look at again"), "registry.household.read", "registry",
           "households/reviews-due", "review_on", child=None),
    Source("emergency-openings", lazy_gettext("Emergency openings to judge"), "registry.glass.review", "registry",
           "glass", "review_due", only=lambda row: row["reviewed_at"] is None,
           why=lambda row: term(row["reason"], "glass_reason")),
    Source("readings", lazy_gettext("Unusual reading to explain"), "registry.reading_alarm.answer", "registry",
           "reading-alarms", "due", query=(("status", "raised"),), child=None),
    Source("data-breaches", lazy_gettext("Breaches of personal data"), "registry.breach_notice.keep", "registry",
           "breach-notices", "due_at", child=None, only=lambda row: not row.get("decision")),
    Source("pairs", lazy_gettext("Pairs that may be one child"), "registry.match.decide", "registry", "matching/pairs",
           endpoint=("pairs.show", "pair"), child=None, why=_pair_words),
    Source("seal-tasks", lazy_gettext("Records that may mean a sealed child"), "registry.seal.task", "registry",
           "seal-tasks", child=None),
    Source("erasures", lazy_gettext("Erasures to decide"), "registry.erasure.decide", "registry", "erasures",
           query=(("status", "asked"),), child=None),
    Source("no-case", lazy_gettext("Children in care without a case"), "social_work.case.read", "social_work",
           "alarms/in-care-without-case", child="id"),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of work, how many things of it there are, and whether there are more than were read."""

    key: str
    words: str
    count: int
    more: bool


@dataclass(frozen=True)
class Due:
    """What a person has to see to, the earliest first; `down` are the lists whose service does not answer.

    `silent`: none answers. `more`: a list was longer than what was read of it, so that any count may be too small.
    """

    rows: list[Work]
    kinds: list[Kind]
    down: list[str]
    silent: bool = False
    more: bool = False

    def of(self, kind: str | None) -> list[Work]:
        """The rows of one kind, or all."""
        return [row for row in self.rows if kind is None or row.kind == kind]


def collect(who: Person) -> Due:
    """Ask every list that `who` may read."""
    asked = {str(number): _question(source) for number, source in enumerate(SOURCES) if who.may(source.permission)}
    cards = together.ask(**asked)
    found: dict[str, Work] = {}
    more: set[str] = set()
    for number, source in enumerate(SOURCES):
        value = cards[str(number)].value if str(number) in cards else None
        rows = [row for row in (value["items"] if value else ()) if _counts(source, row)]
        for row in rows:
            made = _work(source, row)
            found.setdefault(str(row["about"] if source.kind == ALARM else made.id), made)
        if value and value.get("next") and value["items"] and _near(source, value["items"][-1]):
            more.add(source.kind)
    ordered = sorted(found.values(), key=lambda row: row.order)
    down = {str(SOURCES[int(number)].words) for number, card in cards.items() if card.down}
    silent = bool(down) and not any(card.there for card in cards.values())
    return Due(ordered, _kinds(ordered, more), sorted(down), silent, bool(more))


def grouped(rows: list[Work]) -> dict[str, list[Work]]:
    """Overdue, within seven days, later, without a day."""
    now, today = clock.now(), house().today()
    found: dict[str, list[Work]] = {"overdue": [], "soon": [], "later": [], "undated": []}
    for row in rows:
        if row.due is None:
            found["undated"].append(row)
        elif _over(row.due, now, today):
            found["overdue"].append(row)
        else:
            found["soon" if row.due[:10] <= (today + SOON).isoformat() else "later"].append(row)
    return found


def by_when(due: str) -> str:
    """A due time in words: the day alone where the day itself is the limit, and where a day ends."""
    if "T" not in due:
        return day(due)
    local = datetime.fromisoformat(due).astimezone(house().pack.zone)
    return moment(due) if local.time() != time() else day(local.date() - timedelta(days=1))


def _over(due: str, now: datetime, today: date) -> bool:
    return datetime.fromisoformat(due) < now if "T" in due else due < today.isoformat()


def _question(source: Source) -> Callable[[], Any]:
    service: Any = getattr(apis(), source.service)
    return partial(service.listed, source.path, **dict(source.query), **_paged(source))


def _paged(source: Source) -> dict[str, int]:
    if source.path == "households/reviews-due":
        return {}
    return {"limit": MOST_READ if source.service == "registry" else MOST}


def _counts(source: Source, row: Mapping[str, Any]) -> bool:
    """Whether a row is work of the coming weeks: not done, and not due only long after."""
    return (source.only is None or source.only(row)) and _near(source, row)


def _near(source: Source, row: Mapping[str, Any]) -> bool:
    """Whether a row is due within the coming weeks, or has no day; the rows after one that is not are not either."""
    last = (house().today() + HORIZON).isoformat()
    return source.due is None or row[source.due] is None or str(row[source.due])[:10] <= last


def _work(source: Source, row: Mapping[str, Any]) -> Work:
    kind = f"{ALARM}.{row['kind']}" if source.kind == ALARM else source.kind
    words = term(row["kind"], "alarm_kind") if source.kind == ALARM else str(source.words)
    child = row.get(source.child) if source.child else None
    return Work(
        id=str(row["id"]), kind=kind, words=words, why=source.why(row) if source.why else "",
        rule=row.get("rule") or source.rule, due=row[source.due] if source.due else None, area=row.get("area"),
        child=child, owner=row.get("owner"), url=_address(source, row, child),
    )  # fmt: skip


def _address(source: Source, row: Mapping[str, Any], child: str | None) -> str | None:
    if source.endpoint and source.endpoint[0] in current_app.view_functions:
        return url_for(source.endpoint[0], **{source.endpoint[1]: row["id"]})
    return url_for(source.tab, child=child) if child else None


def _kinds(rows: list[Work], more: set[str]) -> list[Kind]:
    counted: dict[str, Kind] = {}
    for row in rows:
        before = counted.get(row.kind)
        cut = row.kind.split(".")[0] in more
        counted[row.kind] = Kind(row.kind, row.words, before.count + 1 if before else 1, cut)
    return list(counted.values())
