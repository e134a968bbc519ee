"""The one error of the process that makes files anew."""


class FileRefused(Exception):
    """The file is not taken; `rule` is one of process.REFUSALS."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
