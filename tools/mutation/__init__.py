"""Do the tests notice when a line of judgement is changed? Run by `make mutants`."""
