"""The statement of provenance: which files came from which commit and which locks (in-toto 1, SLSA provenance 1).

It is not signed and nobody but the maker vouches for it: SLSA Build level 1 and no more. Whoever doubts it makes the
release again and compares the sums. Not here: making the files (packages).
"""

import hashlib
import json
from pathlib import Path

from release.shipped import LOCKS

BUILD_TYPE = "urn:kinward:build:make-dist:1"
BUILDER = "urn:kinward:builder:unsigned-local"


def provenance(sources: Path, files: list[Path], version: str, commit: str) -> str:
    """The statement about `files`, made of the exported `sources` of `commit`, as canonical JSON."""
    locks = [{"uri": f"file:{name}", "digest": {"sha256": _sha256(sources / name)}} for name in LOCKS]
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": file.name, "digest": {"sha256": _sha256(file)}} for file in files],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"commit": commit, "version": version},
                "internalParameters": {},
                "resolvedDependencies": [{"uri": "git:kinward", "digest": {"gitCommit": commit}}, *locks],
            },
            "runDetails": {"builder": {"id": BUILDER}, "metadata": {}},
        },
    }
    return json.dumps(statement, indent=2, sort_keys=True) + "\n"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
