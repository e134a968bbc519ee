"""Paper: a document of headings and tables as PDF. Not here: what it says."""

from shared.documents.paper import Section, pdf

__all__ = ["Section", "pdf"]
