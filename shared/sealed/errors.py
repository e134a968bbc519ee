"""Why a sealed file is refused. Not here: the reading that finds it."""

from shared.errors import Refused


class BrokenFile(Refused):
    """It is not as it was written: cut off, changed, in another order, longer, or no such file at all."""

    code = "sealed-file-broken"
    title = "The file is not as it was written"


class WrongKey(Refused):
    """It was sealed for somebody else, or under another passphrase."""

    code = "sealed-file-wrong-key"
    title = "The key does not open the file"
