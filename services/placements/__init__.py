"""placements owns where the child lives: providers, placements, and the rules about them that are not met.

Publishes placements.provider-registered, placement-authorised, -started, -moved, -ended, -corrected, breach-opened,
-healed. Consumes registry.child-registered, -amended, -corrected, -withdrawn. Never publishes a provider's name, and
never refuses a fact because a care rule forbids it (CARE C1).
"""
