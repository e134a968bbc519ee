"""What an older release that goes on working would not bear in a step that expands, found in the step's SQL.

Not here: which steps are looked at (test_steps_of_releases). A reader of SQL that knows the forms that migrations use,
no parser: what it does not know it lets pass, and a person reads every step.
"""

import importlib
import io
import re
from collections.abc import Iterator

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

NAME = r'(?:only )?(?:if (?:not )?exists )?("?[\w.]+"?)'
ACTIONS = (
    (r"^rename\b", "renames"),
    (r"^alter (column )?\S+ (set data )?type\b", "changes the type of a column"),
    (r"^alter (column )?\S+ set not null", "makes a column not null"),
    (r"^alter (column )?\S+ drop (default|identity|expression)", "drops what fills a column"),
    (r"^drop (?!constraint)", "drops"),
    (r"^set schema", "moves a table"),
    (r"row level security", "changes which rows there are"),
)
STATEMENTS = (
    (r"^drop ", "drops"),
    (r"^truncate|^delete ", "deletes rows"),
    (r"^alter .*\brename\b", "renames"),
    (r"^lock |^cluster|^vacuum|^reindex(?!.*concurrently)", "locks a table"),
)


def sql_of(module: str) -> str:
    """The SQL of a step, written down instead of sent; a step that asks the database cannot be."""
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    with Operations.context(context):
        importlib.import_module(module).upgrade()
    return written.getvalue()


def breaking(sql: str, *, concurrently: bool = False) -> list[str]:
    """What is wrong with the SQL of an expanding step, statement by statement."""
    statements = list(_statements(sql))
    made = {found.group(1) for each in statements if (found := re.match(rf"create table {NAME}", each))}
    found = [f"{what}: {each}" for each in statements for what in _wrong(each, made)]
    if concurrently and (len(statements) != 1 or "if not exists" not in sql):
        found.append("a step without a transaction is one statement that can be said again: if not exists")
    if not concurrently and any("concurrently" in each for each in statements):
        found.append("concurrently = True is missing")
    return found


def _statements(sql: str) -> Iterator[str]:
    bare = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", sql, flags=re.DOTALL)
    bare = re.sub(r"'(?:[^']|'')*'", "''", bare)
    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", bare, flags=re.DOTALL)
    for each in bare.lower().split(";"):
        if words := " ".join(each.split()):
            yield words


def _wrong(statement: str, made: set[str]) -> Iterator[str]:
    for pattern, what in STATEMENTS:
        if re.search(pattern, statement):
            yield what
            return
    if found := re.match(rf"alter table {NAME} (.*)", statement):
        if found.group(1) not in made:
            yield from _changes(found.group(2))
    elif found := re.match(rf"create (unique )?index (concurrently )?.*?\bon {NAME}", statement):
        if found.group(3) not in made:
            if found.group(1):
                yield "adds a rule that older writers do not know"
            if not found.group(2):
                yield "keeps writers waiting (concurrently does not)"
    elif found := re.match(rf"create (?:or replace )?(?:constraint )?(?:trigger|policy) .*?\bon {NAME}", statement):
        yield from () if found.group(1) in made else ("adds a rule that older writers do not know",)


def _changes(actions: str) -> Iterator[str]:
    parts = list(_apart(actions))
    swapped = {found.group(1) for part in parts if (found := re.match(rf"drop constraint {NAME}", part))}
    added = {found.group(1) for part in parts if (found := re.match(rf"add constraint {NAME}", part))}
    if swapped - added:
        yield "drops"
    for part in parts:
        for pattern, what in ACTIONS:
            if re.search(pattern, part):
                yield what
        if re.match(r"add (constraint|check|unique|primary|foreign|exclude)\b", part):
            # In place of one of the same name it is a rule made wider; that it is not narrower, a person sees.
            if not (found := re.match(rf"add constraint {NAME}", part)) or found.group(1) not in swapped:
                yield "adds a rule that older writers do not know"
        elif part.startswith("add "):
            if re.search(r"\bnot null\b", part) and not re.search(r"\b(default|generated)\b", part):
                yield "adds a column that older writers leave empty"
            if re.search(r"\b(unique|primary key)\b", part):
                yield "adds a rule that older writers do not know"


def _apart(actions: str) -> Iterator[str]:
    """The actions of one `alter table`: commas within brackets part nothing."""
    depth, begun = 0, 0
    for at, sign in enumerate(actions):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth:
            yield actions[begun:at].strip()
            begun = at + 1
    yield actions[begun:].strip()
