"""The packaged catalogue, read once."""

from pathlib import Path

import pytest
from hypothesis import settings

from rules.edition import Catalogue, Edition
from tests.packaged import CATALOGUE

CASES = Path(__file__).parent
settings.register_profile("rules", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("rules")


@pytest.fixture(scope="session")
def packaged() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="session")
def edition(packaged: Catalogue) -> Edition:
    return packaged.edition("2022-10-10")
