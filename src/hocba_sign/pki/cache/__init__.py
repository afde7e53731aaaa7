"""What is read and judged once: bounded caches of parsed objects and of verdicts on signatures."""
