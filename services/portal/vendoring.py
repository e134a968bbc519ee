"""Third-party assets: from the installed npm packages into static/vendor, with a manifest. Never committed, no CDN.

Only what pages load: Bootstrap in both directions, htmx, the icons that templates name, fonts of our scripts.
Not here: installing the packages (make setup, Dockerfile: npm ci by the lock in assets/).
"""

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError

HERE = Path(__file__).parent
VENDOR = HERE / "static" / "vendor"
FONTS = {
    "noto-sans": ("latin", "latin-ext", "cyrillic", "cyrillic-ext"),
    "noto-naskh-arabic": ("arabic",),
    "noto-nastaliq-urdu": ("arabic",),
}
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "bootstrap.rtl.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
PACKAGES = ("bootstrap", "bootstrap-icons", "htmx.org", *(f"@fontsource-variable/{name}" for name in FONTS))
ICON = re.compile(r"""(?:icon\(|Entry\([^()]*\([^()]*\),\s*)["']([a-z0-9-]+)["']""")
SOURCE_MAP = re.compile(rb"/[*/]# sourceMappingURL=[^\n]*\n?")


def bring(modules: Path, vendor: Path = VENDOR) -> list[dict[str, Any]]:
    """Copy what pages load out of `modules` (a node_modules folder); gives the manifest. Raises ConfigurationError."""
    if not (modules / "bootstrap").is_dir():
        raise ConfigurationError(
            f"{modules} holds no npm packages",
            field="modules",
            remedy="npm ci in services/portal/assets, or make setup",
        )
    shutil.rmtree(vendor, ignore_errors=True)
    (vendor / "fonts").mkdir(parents=True)
    for source, name in FILES.items():
        (vendor / name).write_bytes(SOURCE_MAP.sub(b"", (modules / source).read_bytes()))
    (vendor / "icons.svg").write_text(_sprite(modules / "bootstrap-icons" / "icons"), encoding="utf-8")
    (vendor / "fonts.css").write_text(_fonts(modules, vendor / "fonts"), encoding="utf-8")
    (vendor / "licences").mkdir()
    for name in PACKAGES:
        (vendor / "licences" / f"{name.rpartition('/')[2]}.txt").write_bytes(_licence(modules / name).read_bytes())
    manifest = [_package(modules / name) for name in PACKAGES]
    files = {
        str(path.relative_to(vendor)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(vendor.rglob("*"))
        if path.is_file()
    }
    text = json.dumps({"packages": manifest, "files": files}, indent=2)
    (vendor / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return manifest


def icons_used() -> list[str]:
    """Every icon that a template or the menu names."""
    files = [*HERE.rglob("*.html"), *HERE.rglob("*.py")]
    return sorted({name for file in files for name in ICON.findall(file.read_text(encoding="utf-8"))})


def _sprite(icons: Path) -> str:
    symbols = []
    for name in icons_used():
        file = icons / f"{name}.svg"
        if not file.exists():
            continue
        inner = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", file.read_text(encoding="utf-8")).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16" fill="currentColor">{inner}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def _fonts(modules: Path, out: Path) -> str:
    """One style sheet of all faces; a browser loads only those whose letters a page has (unicode-range)."""
    faces = []
    for font, scripts in FONTS.items():
        package = modules / "@fontsource-variable" / font
        for block in (package / "wght.css").read_text(encoding="utf-8").split("/* ")[1:]:
            name = block.split(" */", 1)[0]
            if not any(name == f"{font}-{script}-wght-normal" for script in scripts):
                continue
            shutil.copy(package / "files" / f"{name}.woff2", out / f"{name}.woff2")
            faces.append(block.split(" */", 1)[1].strip().replace("./files/", "fonts/"))
    return "\n".join(faces) + "\n"


def _licence(folder: Path) -> Path:
    """The text that has to travel with a package's files. Raises ConfigurationError where it has none."""
    found = sorted(file for file in folder.iterdir() if file.is_file() and file.stem.upper() in {"LICENSE", "LICENCE"})
    if not found:
        raise ConfigurationError(f"{folder.name} brings no text of its licence", field="modules")
    return found[0]


def _package(folder: Path) -> dict[str, Any]:
    found = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    return {"name": found["name"], "version": found["version"], "licence": found["license"]}
