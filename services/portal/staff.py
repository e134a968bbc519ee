"""What the people are called who did something: services know them by the subject of their token, readers by name.

A name comes from the local account, the demonstration, or the sign-in that is open; whoever none of them knows stays
the subject. Not here: names of children and their kin (names).
"""

from uuid import UUID

from flask import g
from jinja2 import pass_context
from jinja2.runtime import Context
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from services.portal import demo_people
from services.portal.formats import apart
from services.portal.house import house
from services.portal.issuer import accounts, tables


def called(subject: str | None) -> str:
    """The name of whoever has this subject; the subject itself where nobody knows them. Asked once a request each."""
    if not subject:
        return ""
    known: dict[str, str] = g.setdefault("staff_names", {})
    if subject not in known:
        known[subject] = _found(subject) or subject
    return apart(known[subject])


@pass_context
def somebody(_context: Context, subject: str | None) -> str:
    """`called` as a filter of the templates."""
    return called(subject)


def subject_of(typed: str | None) -> str | None:
    """The subject of whoever was typed by sign-in name; what was typed where no account has it."""
    if not typed:
        return typed
    try:
        found = accounts.named(house().desk, typed)
    except OperationalError:
        found = None  # the service says what it does not know
    return str(found.id) if found else typed


def typed_as(subject: str | None) -> str | None:
    """As `subject_of` takes it: the sign-in name of an account, since nobody knows its id."""
    try:
        query = select(tables.account.c.login).where(tables.account.c.id == UUID(subject or ""))
        with house().desk.engine.connect() as connection:
            return connection.execute(query).scalar() or subject
    except (ValueError, OperationalError):
        return subject


def is_known(typed: str) -> bool:
    """Whether somebody is known by this sign-in name. An organisation that signs people in is not asked: all are."""
    subject = subject_of(typed)
    return house().settings.portal.provider is not None or subject != typed or _found(typed) is not None


def who_may(permission: str) -> list[tuple[str, str]]:
    """Sign-in names and names of those with an account, and of the demonstration, whose roles grant a permission."""
    granting = {role for role, row in house().pack.roles.items() if permission in row["permissions"]}
    demo = [
        (f"demo-{each.key}", each.name) for each in demo_people.offered(house().settings) if granting & set(each.roles)
    ]
    try:
        found = accounts.everybody(house().desk)
    except OperationalError:
        return demo
    able = [each for each in found if each.state == "active" and each.granted.roles & granting]
    return [*demo, *((each.login, each.name) for each in able)]


def _found(subject: str) -> str | None:
    for each in demo_people.offered(house().settings):
        if f"demo-{each.key}" == subject:
            return each.name
    try:
        query = select(tables.account.c.name).where(tables.account.c.id == UUID(subject))
    except ValueError:
        open_ = (tables.signin.c.subject == subject) & tables.signin.c.ended_at.is_(None)
        query = select(tables.signin.c.name).where(open_).order_by(tables.signin.c.id.desc()).limit(1)
    try:
        with house().desk.engine.connect() as connection:
            found: str | None = connection.execute(query).scalar()
            return found
    except OperationalError:
        return None  # the page is about something else
