"""Which release of the program made a figure: the manifest names it. Not here: versions of data or of structure."""

import importlib.metadata

NOT_INSTALLED = "0"


def code_version() -> str:
    """The version of the installed distribution; 0 where the program runs from a folder."""
    try:
        return importlib.metadata.version("kinward")
    except importlib.metadata.PackageNotFoundError:
        return NOT_INSTALLED
