"""The words for every cause and check, in Vietnamese and English: a JSON file for each area."""
