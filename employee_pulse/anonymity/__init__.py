"""The mathematics of anonymity, with no person and no answer in it."""
