"""What happens when asked about what registry hears of care and cases elsewhere."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
