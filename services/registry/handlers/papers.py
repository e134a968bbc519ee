"""What happens when asked about identity work with due dates, the checklist of the personal file, attachments."""

from collections.abc import Callable, Mapping
from typing import Any

CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
