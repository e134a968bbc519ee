"""The country pack as registry reads it: forms of care. Not here: what follows of it (domain), files of packs."""

from shared.countries import Pack

NOT_FORMAL_CARE = "NONE"


class PackCareForms:
    """The pack's forms of care (domain.care.CareForms)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def is_care(self, code: str) -> bool:
        """Whether a form is formal care. A form that the pack no longer has is taken for care: nobody is overlooked."""
        row = self._pack.codes("care_form").get(code)
        return row is None or row["bucket"] != NOT_FORMAL_CARE
