"""The one error of this package: a server that tests need cannot be had here. Not here: what a test run does then."""

from shared.errors import Unavailable


class ServerMissing(Unavailable):
    """A server cannot be provisioned on this machine; the message says what would help."""
