"""Signing with keys that a service holds: hashes go out, values come back, perhaps much later."""
