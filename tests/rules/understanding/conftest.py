"""The reader of the packaged 2022 edition, built once."""

import pytest

from rules.edition import Catalogue, Edition
from rules.understanding import Understanding


@pytest.fixture(scope="session")
def reader(edition: Edition, packaged: Catalogue) -> Understanding:
    return Understanding(edition, catalogue=packaged)
