"""Pages by topic; each view asks, acts and answers in a few lines."""
