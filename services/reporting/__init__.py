"""reporting owns what the figures say: figures of periods, signed returns, bundles, and the hub's store of others'.

Publishes reporting.return-signed, bundle-accepted, bundle-refused.
Consumes registry.child-*, placements.*, social_work.* into read tables (projections); at a hub, nothing.
Never holds a name, a document or an address: a child is an id, a sex, a birth range and an area.
"""
