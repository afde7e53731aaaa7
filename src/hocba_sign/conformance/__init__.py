"""`hocba-conformance`: run a verifier of anybody over the vectors and count where it agrees."""
