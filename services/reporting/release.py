"""Which release of the program made a figure: the manifest names it. Not here: versions of data or of structure."""

from shared import release


def code_version() -> str:
    """The release that runs."""
    return release.VERSION
