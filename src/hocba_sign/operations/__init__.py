"""What a caller asks for in one sentence: sign, verify, verify online, extend."""
