"""`python -m tests.e2e.small_batches import register ...`: the shipped command, which takes four times less at once.

So a register of a thousand children is read in as many batches, and looked through in as many chunks, as one of four
thousand, and may be interrupted in the same places.
"""

from functools import partial

from services.__main__ import main
from services.cli import register_file
from services.registry.handlers import matching_runs

PARTS = 4

if __name__ == "__main__":
    register_file.batches = partial(register_file.batches, size=register_file.BATCH_LINES // PARTS)
    matching_runs.CHUNKS = {kind: most // PARTS for kind, most in matching_runs.CHUNKS.items()}
    main()
