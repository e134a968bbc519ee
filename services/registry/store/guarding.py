"""Tables and mapping of own kin kept out, the glass broken in an emergency, unusual reading noticed."""


class Collections:
    """What the unit of work offers of them."""
