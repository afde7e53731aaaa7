"""The same for a PDF."""
