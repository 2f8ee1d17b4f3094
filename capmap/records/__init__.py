"""The organization's memory: what is stored, every change to it, and who may do what."""
