"""Reads that span topics, as tables."""
