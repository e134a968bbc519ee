"""A deployment under the doctor, for its tests: what each check says of it. Not here: what tests break."""

import pytest

from services.cli.doctor import examining
from services.cli.doctor.finding import State
from services.cli.doctor.patient import Patient


class Examined:
    """Answers of single checks over the environment of a deployment, which a test may change."""

    def __init__(self, env):
        self.env = dict(env)

    def answer(self, id_):
        """What one check says now."""
        with Patient("kz", self.env) as patient:
            (answer,) = examining.examine(patient, [check for check in examining.CHECKS if check.id == id_])
        return answer

    def well(self, id_):
        """The check finds nothing to be mended."""
        answer = self.answer(id_)
        assert answer.state in {State.OK, State.NOTE}, answer

    def ill(self, id_, *words, about=None):
        """The check finds something wrong, in these words, with a remedy."""
        answer = self.answer(id_)
        assert answer.state is State.WRONG, answer
        said = [each for each in answer.found if not each.note and about in {None, each.about}]
        assert said, answer
        text = " ".join(each.text for each in said)
        assert [word for word in words if word not in text] == [], text
        assert all(each.remedy or answer.check.remedy for each in said)

    def unknown(self, id_, *words):
        """The check cannot look, and says why."""
        answer = self.answer(id_)
        assert answer.state is State.UNKNOWN, answer
        assert [word for word in words if word not in answer.found[-1].text] == [], answer


@pytest.fixture
def told(kz):
    """The deployment of the module's fixture `kz`, under the doctor."""
    return Examined(kz.env)
