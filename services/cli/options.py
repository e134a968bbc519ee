"""Options that many commands share."""

from typing import Annotated

import typer

DeploymentOption = Annotated[
    str | None, typer.Option("--deployment", "-d", help="Id of the deployment (default: KINWARD_DEPLOYMENT).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on standard output.")]
WaitOption = Annotated[bool, typer.Option("--when-initialised", help="Wait until `kinward init` has been run.")]
