"""CRLs and OCSP responses: read, and what all of them say about one certificate."""
