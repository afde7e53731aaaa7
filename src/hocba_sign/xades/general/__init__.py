"""Signatures of any XML: every transform, layout and version that others use."""
