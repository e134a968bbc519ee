"""The errors of this package: what tests need cannot be had here. Not here: what a test run does then."""

from shared.errors import Unavailable


class ServerMissing(Unavailable):
    """A server cannot be provisioned on this machine; the message says what would help."""


class KernelRefuses(ServerMissing):
    """Everything is installed, and the machine's kernel does not allow it: nothing that a test run could mend."""
