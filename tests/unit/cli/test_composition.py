"""What a command imports of the services: only what it asks for, so that a small one starts fast."""

import subprocess
import sys

SEEN = """
import sys
from services.cli import composition
kinds = {name: composition.kind_of(name) for name in composition.CONSUMES}
before = sorted(name for name in sys.modules if name.startswith("services.") and not name.startswith("services.cli"))
kinds["social_work"].parts
after = {name.split(".")[1] for name in sys.modules if name.startswith("services.")} - {"cli"}
print(before, sorted(after), "alembic" in sys.modules)
"""


def test_a_services_modules_are_imported_when_its_parts_are_asked_for_and_no_others():
    seen = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True, check=True).stdout.strip()
    assert seen == "[] ['social_work'] False"
