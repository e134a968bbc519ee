"""The law that whole lives are lived under: that of Kazakhstan, but for two numbers that change on a day, numbers that
may be overridden, and a decision table that knows all that a table can say. Not here: the lives (whole_life).
"""

import shutil
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from services.placements.law import PackLaw
from shared import countries

COUNTRIES = Path(__file__).parents[2] / "countries"
BEGIN = date(2024, 1, 1)
LAW_CHANGES = BEGIN + timedelta(days=45)
MAY_OVERRIDE = "supervisor"
TWO_SIGN = frozenset({"RENEWAL", "MORE_RESTRICTIVE"})
"""The acts for which the table asks for a second signature."""
RENEWALS = 1
CHANGED = f"""
[[review_interval_temporary]]
value = 3
unit = "calendar months"
basis = "project default"
from = 2000-01-01
to = {LAW_CHANGES}
overridable = true
override_by = ["{MAY_OVERRIDE}"]

[[under_three_residential_stay]]
value = 6
unit = "calendar months"
basis = "project default"
from = 2000-01-01
to = {LAW_CHANGES}
overridable = true
override_by = ["{MAY_OVERRIDE}"]

[[review_interval_temporary]]
value = 1
unit = "calendar months"
basis = "project default"
from = {LAW_CHANGES}
overridable = true
override_by = ["{MAY_OVERRIDE}"]

[[under_three_residential_stay]]
value = 2
unit = "calendar months"
basis = "project default"
from = {LAW_CHANGES}
overridable = true
override_by = ["{MAY_OVERRIDE}"]
"""
TABLE = f"""
[[line]]
id = "entry"
act = "ENTRY"
at_once = ["POLICE"]
decides = ["COURT", "GUARDIANSHIP_BODY"]
notices = [
    {{ to = "PROSECUTOR", within = 0, unit = "hours", after = "removal" }},
    {{ to = "PARENTS", within = 24, unit = "hours", after = "removal" }},
    {{ to = "PARENTS", within = 72, unit = "hours", after = "decision" }},
]
application = {{ amount = 7, unit = "days" }}
longest = {{ amount = 6, unit = "calendar months" }}
renewals = {RENEWALS}
silence = "lapses"
oral = true
confirm = {{ amount = 24, unit = "hours" }}
appeal = {{ amount = 10, unit = "days" }}
appeal_suspends = true
carry_out = {{ amount = 30, unit = "days" }}
second_signature = false
basis = "project default"
note = "For tests: everything is known."
"""


@cache
def law() -> PackLaw:
    """The law, read once."""
    root = Path(shutil.copytree(COUNTRIES, Path(mkdtemp()) / "countries"))
    file = root / "kz" / "parameters.toml"
    file.write_text(file.read_text(encoding="utf-8") + CHANGED, encoding="utf-8")
    (root / "kz" / "tables" / "decision_table.toml").write_text(TABLE, encoding="utf-8")
    return PackLaw(countries.load("kz", root))
