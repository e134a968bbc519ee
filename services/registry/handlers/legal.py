"""What happens when asked about a child's legal status and consents."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
