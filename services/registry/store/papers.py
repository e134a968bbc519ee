"""Tables and mapping of identity work with due dates, the checklist of the personal file, attachments."""


class Collections:
    """What the unit of work offers of them."""
