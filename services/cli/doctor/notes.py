"""Notes that commands leave in the deployment's folder: when an anchor was taken, a backup verified, keys copied."""

import json
from datetime import UTC, datetime
from pathlib import Path


def instant(file: Path, name: str) -> datetime | None:
    """An instant out of a JSON file; None where there is no file, or it does not say."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))[name]
        found = datetime.fromisoformat(said)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
