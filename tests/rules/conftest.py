"""The packaged catalogue, read once."""

from pathlib import Path

import pytest
from hypothesis import settings

from rules.catalogue.load import load, packaged_folder
from rules.edition import Catalogue, Edition

CASES = Path(__file__).parent
settings.register_profile("rules", deadline=None)  # how long an example takes depends on what else the machine does
settings.load_profile("rules")


@pytest.fixture(scope="session")
def packaged() -> Catalogue:
    return load(packaged_folder())


@pytest.fixture(scope="session")
def edition(packaged: Catalogue) -> Edition:
    return packaged.edition("2022-10-10")
