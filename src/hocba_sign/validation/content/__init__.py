"""What is signed, and what stands beside it: form, rules, pages."""
