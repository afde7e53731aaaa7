"""Certification paths and the revocation status along them: built, then judged."""
