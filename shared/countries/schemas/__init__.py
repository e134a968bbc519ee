"""JSON Schemas (2020-12) of a pack's files: `<file>.json` for TOML, `<line>-row.json` for a line of CSV. No code."""
