"""registry owns who the child is: identity, birth, identifiers, siblings.

Publishes registry.child-registered, -amended, -corrected, -withdrawn, siblings-linked, siblings-unlinked.
Consumes nothing yet. Never publishes a name, a document or a word.
"""
