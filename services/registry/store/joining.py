"""Tables and mapping of two records of one child made one, and undone."""


class Collections:
    """What the unit of work offers of them."""
