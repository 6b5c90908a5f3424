"""`python -m tests.faults`: every row of the fault figures with its full count, printed."""

import os
import sys
from pathlib import Path

import pytest
import structlog

if __name__ == "__main__":
    os.environ["FAULTS"] = "full"
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    sys.exit(pytest.main(["-s", "-q", str(Path(__file__).parent), *sys.argv[1:]]))
