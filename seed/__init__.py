"""Content: plan texts, countries and regions, facts, demonstration data, and their readers."""
