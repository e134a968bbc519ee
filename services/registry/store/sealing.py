"""Tables and mapping of sealed and erased records, and who was told of either."""


class Collections:
    """What the unit of work offers of them."""
