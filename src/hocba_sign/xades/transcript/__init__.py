"""Signatures of a transcript: read and written by its profile."""
