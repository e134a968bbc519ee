"""What happens when asked about missing children."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
