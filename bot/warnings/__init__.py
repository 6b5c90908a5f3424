"""The daily check: which followers may hear of a shop, why, and when."""
