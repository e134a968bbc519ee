"""What happens when asked about own kin kept out, the glass broken in an emergency, unusual reading noticed."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
