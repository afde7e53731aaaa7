"""The signatures together: who signed when, in which order, on whose trust."""
