"""Country packs: what differs between deployments, read from `countries/<id>/` as TOML and CSV.

Belongs here: reading, inheritance, lookup by date and area, and the check of a pack's form. Does not belong here: what
a list, a parameter or a permission means. The services know that; this package keeps names, values and their basis.
"""

from shared.countries.areas import Area, AreaTree
from shared.countries.checks import Finding, ReliedOn, check
from shared.countries.loader import load
from shared.countries.pack import Pack
from shared.countries.parameters import Parameter

__all__ = ["Area", "AreaTree", "Finding", "Pack", "Parameter", "ReliedOn", "check", "load"]
