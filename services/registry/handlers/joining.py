"""What happens when asked about two records of one child made one, and undone."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
