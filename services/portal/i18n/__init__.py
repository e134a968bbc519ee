"""The portal's words in other languages: catalogues, drafts, pseudo-locales, checks. Not here: which language."""
