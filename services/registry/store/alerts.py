"""Tables and mapping of missing children."""


class Collections:
    """What the unit of work offers of them."""
