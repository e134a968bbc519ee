"""`python -m release dist` makes a release of a commit; `python -m release licences` writes docs/licences.md.

Exit codes as the `kinward` command has them: 0 done, 1 refused, 2 wrong usage.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from release import bill, licence_page, licences, packages, shipped, statement

ROOT = Path(__file__).parent.parent
REFUSALS = (packages.CannotBuild, shipped.NotAsLocked, licences.Unknown, licence_page.Refused, bill.Unsound)


def make(root: Path, revision: str, out: Path) -> list[Path]:
    """Wheel, source archive, bill of materials, provenance and their sums of a commit, into the emptied `out`."""
    commit, at = packages.commit_of(root, revision)
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "sources"
        packages.export(root, commit, sources)
        licence_page.page(sources)
        made = Path(folder) / "made"
        wheel = packages.wheel(sources, root / packages.MODULES, at, made)
        version = packages.version(wheel)
        archive = packages.sdist(sources, wheel, at, made)
        listed = made / f"kinward-{version}.cdx.json"
        listed.write_text(bill.bill(sources, version, commit, at), encoding="utf-8")
        subjects = [wheel, archive, listed]
        said = made / f"kinward-{version}.provenance.json"
        said.write_text(statement.provenance(sources, subjects, version, commit), encoding="utf-8")
        (made / "SHA256SUMS").write_text(packages.sums([*subjects, said]), encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    return sorted(out.iterdir())


def main(words: list[str]) -> int:
    """Run one of the two commands; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    dist = commands.add_parser("dist", help="make a release of a commit")
    dist.add_argument("--commit", default="HEAD")
    dist.add_argument("--to", type=Path, default=ROOT / "dist")
    commands.add_parser("licences", help="write docs/licences.md from what is installed")
    given = parser.parse_args(words)
    try:
        if given.command == "licences":
            (ROOT / "docs" / "licences.md").write_text(licence_page.page(ROOT), encoding="utf-8")
        else:
            for file in make(ROOT, given.commit, given.to):
                sys.stdout.write(f"{file}\n")
    except REFUSALS as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
