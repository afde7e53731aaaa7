"""What is known beside the file: whether a transcript still stands, and who may say so."""
