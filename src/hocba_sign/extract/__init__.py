"""The extract of a transcript: parts that a seal proves without the rest."""
