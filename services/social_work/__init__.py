"""social_work owns who helps: centres, workers, and the cases of children.

Publishes social_work.centre-opened, worker-registered, case-opened, case-assigned, case-closed.
Consumes registry.child-* (whom a case is about) and placements.placement-* (who is in care: CARE C17).
Never publishes a word of a case, and never learns a child's name.
"""
