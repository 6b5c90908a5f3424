"""The packaged catalogue, read once for all tests."""

from rules.catalogue.load import load, packaged_folder

CATALOGUE = load(packaged_folder())
FIVE_POINTS = CATALOGUE.edition("2022-10-10")
HUNDRED_POINTS = CATALOGUE.edition("2026-07-29")
