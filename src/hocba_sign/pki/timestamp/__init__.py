"""Time-stamp tokens (RFC 3161) and the CMS they are made of."""
