"""The elements of XML signatures and XAdES as the standards define them, read from a tree."""
