"""Suggest codes for a text, each with the words that justify it."""
