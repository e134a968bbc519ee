"""reporting's commands: figures, periods, bundles, trust, and what a hub shows.

Here and not in services/reporting, because they open a deployment as every command does (services.cli.composition).
"""
