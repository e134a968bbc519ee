"""Federation: aggregate figures between deployments, as signed bundles, and how a hub judges them.

Everything here is pure: bytes and facts in, bytes and verdicts out. Not here: sending, storing, HTTP, tables
(the service's api, handlers and store), nor the counting itself (indicators).
"""
