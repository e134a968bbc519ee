"""The roles that may own an alarm; each is a role of every country pack (countries/_base/roles.toml)."""

ROLES = (
    "adoption_officer", "duty_officer", "foster_care_officer", "gatekeeper", "inspector", "provider_manager",
    "registrar", "social_worker", "supervisor",
)  # fmt: skip
