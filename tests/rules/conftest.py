"""The packaged catalogue, read once."""

from pathlib import Path

import pytest

from rules import catalogue
from rules.catalogue import Catalogue
from rules.model import Edition

CASES = Path(__file__).parent


@pytest.fixture(scope="session")
def packaged() -> Catalogue:
    return catalogue.load(catalogue.packaged())


@pytest.fixture(scope="session")
def edition(packaged: Catalogue) -> Edition:
    return packaged.edition("2022-10-10")
