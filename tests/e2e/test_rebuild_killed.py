"""A deployment in one process, whose figures are built anew by a command: the process dies right before the end."""

import json

from shared import failpoints
from tests.e2e import recomputed, registers, running
from tests.e2e.running import until


def test_a_rebuild_whose_process_dies_goes_on_at_the_next_start_and_gives_the_same_figures():
    with running.home() as home, running.deployment(home, "kz", EMBEDDED="1") as kz:
        deadly = {"KINWARD_TESTING": "1", "KINWARD_FAILPOINTS": "rebuild.before_flip=exit@1"}
        serving = kz.start("all", environment=deadly)
        running.await_ready(serving)
        file = registers.write(home / "kz.csv", registers.kazakhstan_of(guardianship=40, foster=10, residential=30))
        kz.kinward("import", "register", str(file), "--register", "kz", "--new-register")
        kz.settle()
        before = json.loads(kz.kinward("figures", "--period", "2011", "--json"))
        kz.kinward("rebuild", "reporting", "--wait", "0")
        until(lambda: not serving.alive(), "the process has died before the new tables became live")
        assert serving.process.returncode == failpoints.STATUS
        kz.serve("all")
        until(lambda: kz.value("reporting", "select state from rebuild") == "done", "the rebuild is done")
        assert kz.value("reporting", "select schema_name from live_figures") == "figures_b"
        assert recomputed.differences(kz) == {}
        assert json.loads(kz.kinward("figures", "--period", "2011", "--json")) == before
        assert before["complete"] and before["figures"]
