"""The reporting service: what the figures say.

owns      projections of children and care episodes, figures, returns, bundles and the hub's store
publishes reporting.*
consumes  registry, placements, social_work
never     holds a name, a document or an address: a child is an id, a sex, a birth range and an area
"""
