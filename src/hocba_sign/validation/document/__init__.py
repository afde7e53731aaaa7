"""Whole documents, and those that are given beside them."""
