"""Migrations as steps that expand a database before a rollout or contract it afterwards, so that releases may overlap.

Belongs here: what a step says of itself (scripts), the book in each database of steps taken and processes running
(book, presence), how a database stands to this release (standing), and taking the steps (taking). Not here: any
service's steps, engines and sessions (shared.db).
"""

from shared.steps.book import TABLES
from shared.steps.scripts import Phase, Step, of_package
from shared.steps.standing import Standing, standing
from shared.steps.taking import ContractFirst, OlderProcess, migrate

__all__ = ["TABLES", "ContractFirst", "OlderProcess", "Phase", "Standing", "Step", "migrate", "of_package", "standing"]
