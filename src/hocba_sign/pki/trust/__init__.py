"""Whom a verifier trusts, and for what: anchors, the list of Vietnamese authorities, roles."""
