"""`python -m tests.kubernetes.rules`: writes the Prometheus operator's rules from deploy/monitoring/alerts.yml.

All but those that ask for a note which nobody writes here (docs/kubernetes.md says what to watch instead). Part of
`make manifests`. A test fails where the file is stale. Not here: what the alerts are.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yml"
RULES = ROOT / "deploy" / "k8s" / "base" / "monitoring" / "rules.yaml"
NOT_HERE = ("KinwardBackupOld", "KinwardKeysNotCopied")
"""They read the note of `kinward backup`; the operator of the databases takes the backups here."""
HEAD = """# Made from deploy/monitoring/alerts.yml by `make manifests`; a test fails where it is stale.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: kinward
  labels: {app.kubernetes.io/name: kinward, app.kubernetes.io/component: monitoring}
spec:
"""


def manifest(alerts: str) -> str:
    """The resource whose spec is the text of a rules file, word for word, without the rules that are not for here."""
    for name in NOT_HERE:
        alerts, found = re.subn(rf"^ {{6}}- alert: {name}\n(?: {{7,}}.*\n)*", "", alerts, flags=re.MULTILINE)
        assert found == 1, name
    return HEAD + "".join(f"  {line}" if line.strip() else line for line in alerts.splitlines(keepends=True))


def main() -> None:
    """Write the file."""
    RULES.write_text(manifest(ALERTS.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
