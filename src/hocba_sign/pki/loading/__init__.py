"""Objects of evidence from files and answers in whatever writing; what cannot be read is named."""
