"""How much is tried: little in the suite, much with FUZZ=full (see docs/fuzz.md)."""

import os
import resource

IS_FULL = os.environ.get("FUZZ") == "full"
UPDATES = 200_000 if IS_FULL else 1_000
INGEST_BODIES = 50_000 if IS_FULL else 200
INGEST_READ = 50_000 if IS_FULL else 3_000
SCORE_FILES = 20_000 if IS_FULL else 120
HYPOTHESIS = 2_000 if IS_FULL else 40
SEED = int(os.environ.get("FUZZ_SEED", "20221010"))
MOST_GROWTH_MB = 200


def peak_mb() -> float:
    """The peak memory of the process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
