"""`kinward token` by itself: a token that would reach nothing is said to."""

from pathlib import Path
from uuid import UUID

import pytest

from services.cli import token_commands


@pytest.mark.parametrize(("centre", "said"), [(None, True), (UUID(int=7), False)])
def test_a_role_of_one_centre_without_its_centre_is_pointed_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    centre: UUID | None,
    said: bool,
) -> None:
    monkeypatch.setenv("KINWARD_HOME", str(tmp_path))
    token_commands.token(role=["supervisor"], deployment="kz", centre=centre, minutes=5)
    out, err = capsys.readouterr()
    assert len(out.split(".")) == 3
    assert ("--centre" in err) is said
