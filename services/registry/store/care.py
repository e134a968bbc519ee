"""Tables and mapping of what registry hears of care and cases elsewhere."""


class Collections:
    """What the unit of work offers of them."""
