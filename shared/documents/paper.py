"""Headings and tables as HTML, and that as PDF by WeasyPrint in a process of its own.

The process gets the page by a pipe and gives the document by a pipe, so that nothing of it lies in a file; it may load
nothing (no address, no file), and is ended when it takes too long or too much memory. No program reads our PDFs: the
text layer of Arabic script is not reliable. What must be read by programs is JSON.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from shared.errors import Unavailable

SECONDS = 120
STYLE = """
@page { size: A4; margin: 18mm 15mm; @bottom-center { content: counter(page) " / " counter(pages);
  font: 8pt "Noto Sans", "DejaVu Sans", sans-serif; } }
body { font: 9.5pt/1.35 "Noto Sans", "DejaVu Sans", "Noto Naskh Arabic", "Noto Nastaliq Urdu", sans-serif; }
h1 { font-size: 16pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 6mm 0 1mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin-bottom: 3mm; } td, th { text-align: start; vertical-align: top;
  border-bottom: 0.2mm solid #999; padding: 0.8mm 2mm 0.8mm 0; } th { width: 32%; font-weight: 600; }
table { break-inside: avoid; } p { margin: 0 0 2mm; }
"""


@dataclass(frozen=True)
class Section:
    """A heading over entries, each a list of (name, value) as people read them."""

    title: str
    entries: Sequence[Sequence[tuple[str, str]]]


def html(title: str, lead: str, sections: Sequence[Section], language: str) -> str:
    """The page."""
    parts = [f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>{escape(title)}</title>']
    parts += [f"<style>{STYLE}</style><body><h1>{escape(title)}</h1><p>{escape(lead)}</p>"]
    for section in sections:
        parts.append(f"<h2>{escape(section.title)}</h2>")
        for entry in section.entries:
            rows = "".join(
                f'<tr><th>{escape(name)}</th><td dir="auto">{_words(value)}</td></tr>' for name, value in entry
            )
            parts.append(f"<table>{rows}</table>")
    return "".join(parts)


def pdf(title: str, lead: str, sections: Sequence[Section], language: str = "en") -> bytes:
    """The document. Raises Unavailable where it cannot be made on this machine, or takes too long."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shared.documents.printing"],
            input=html(title, lead, sections, language).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable("The document takes too long.", rule="document-time", remedy="Ask for JSON.") from None
    if done.returncode != 0:
        raise Unavailable(
            "The document cannot be made on this machine.",
            rule="document-program",
            remedy="Install pango and fonts (docs/operations.md), or ask for JSON.",
        )
    return done.stdout


def _words(value: str) -> str:
    return escape(value).replace("\n", "<br>")
