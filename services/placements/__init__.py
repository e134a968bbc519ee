"""placements owns where the child lives, who decided it, and what of the law is not met.

Providers and carer families; whereabouts with placements, decisions, absences, reviews, bonds of siblings, breaches and
exemptions; gatekeeping cases, agreements of parents, the way home, leaving care, the supervision of guardians; alarms
and the rota. Publishes all of these under placements.<what-happened> (docs/events). Consumes what registry tells of
children, siblings, kin and legal measures, and social_work of cases. Never publishes a name or a word, and never
refuses a fact because a care rule forbids it (CARE C1).
"""
