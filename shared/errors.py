"""The one error tree. Foreign exceptions are translated into it at the border; HTTP maps it in one place.

Not here: the errors that name a care rule (each service's domain) and any text of a foreign exception.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class KinwardError(Exception):
    """Something a person or a program can act on: a stable `code`, a message, the field, the rule, the remedy."""

    code = "internal-error"
    status = 500
    title = "Internal error"

    def __init__(
        self, message: str = "", *, field: str | None = None, rule: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.field = field
        self.rule = rule
        self.remedy = remedy
        self.also: tuple[KinwardError, ...] = ()
        """What else is wrong, where several things were found at once."""
        self.facts: Mapping[str, str] = {}
        """What it was judged by: codes, days and numbers as text."""
        self.members: Mapping[str, Any] = {}
        """Further members of the problem document (RFC 9457, 3.2): what a program needs to go on, and may know."""


class Invalid(KinwardError):
    """Input that breaks the form of a field; nothing was changed."""

    code = "invalid-input"
    status = 422
    title = "Invalid input"


def raise_all(found: Iterable[Invalid]) -> None:
    """Raise the first of the problems found, with the others as what else is wrong; nothing where there are none."""
    problems = list(found)
    if problems:
        problems[0].also = tuple(problems[1:])
        raise problems[0]


def below(field: str, found: Iterable[Invalid]) -> Iterator[Invalid]:
    """The problems of a part, each under the name that the part has in the whole: names.0 as identity.names.0."""
    for problem in found:
        problem.field = f"{field}.{problem.field}" if problem.field else field
        yield problem


class Refused(KinwardError):
    """A rule of the domain says no; subclasses are named after the rule."""

    code = "refused"
    status = 422
    title = "Refused by a rule"


class Unauthenticated(KinwardError):
    """No token, or one that does not verify."""

    code = "unauthenticated"
    status = 401
    title = "Sign in first"


class Forbidden(KinwardError):
    """The signed-in person may not do this at all."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class NotFound(KinwardError):
    """Absent, or outside the person's scope: the two are told apart to nobody."""

    code = "not-found"
    status = 404
    title = "Not found"


class Conflict(KinwardError):
    """The state of things does not admit it, or another change won the race."""

    code = "conflict"
    status = 409
    title = "Conflict"


class Stale(KinwardError):
    """The If-Match version is not the current one."""

    code = "stale-version"
    status = 412
    title = "Changed meanwhile"


class TooLarge(KinwardError):
    """A body over the limit."""

    code = "body-too-large"
    status = 413
    title = "Body too large"


class UnsupportedMedia(KinwardError):
    """A body in another form than the route takes."""

    code = "unsupported-media-type"
    status = 415
    title = "Unsupported media type"


class PreconditionMissing(KinwardError):
    """A change of something editable without If-Match, or a creating request without Idempotency-Key."""

    code = "precondition-required"
    status = 428
    title = "Precondition required"


class Unavailable(KinwardError):
    """Database or broker cannot be reached just now; trying again may help."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"


class ConfigurationError(KinwardError):
    """A missing or unsafe setting; the process does not start (exit code 78)."""

    code = "configuration"
    status = 500
    title = "Configuration error"
