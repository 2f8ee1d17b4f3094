"""A map of the world: outlines of countries, and how they are shaded."""
