"""Certificates as facts: what they say, whose they are, and when two names are one."""
