"""registry owns who the child is: identity, birth, identifiers, siblings.

Publishes registry.child-registered, -amended, -corrected, -withdrawn, siblings-linked, siblings-unlinked.
Consumes placements.placement-started, -moved, -ended, -corrected; social_work.case-opened, -closed.
Never publishes a name, a document or a word.
"""
