"""Tables and mapping of a child's legal status and consents."""


class Collections:
    """What the unit of work offers of them."""
