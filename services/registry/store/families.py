"""Tables and mapping of the people around a child."""


class Collections:
    """What the unit of work offers of them."""
