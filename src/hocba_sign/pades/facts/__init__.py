"""A PDF as facts: its fields, its revisions, and what a new revision is to hold."""
