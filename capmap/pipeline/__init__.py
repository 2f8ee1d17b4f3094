"""The main job end to end: from sources to coded tables, a map and a paper."""
