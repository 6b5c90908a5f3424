"""`python -m bench`: every measurement against peers, as ratios; exit status 1 when one is not as wanted."""

import asyncio
import sys

from bench import throughput

if __name__ == "__main__":
    sys.exit(0 if asyncio.run(throughput.main()) else 1)
