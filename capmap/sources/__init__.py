"""Read what organizations already have: activities and their passages, unreviewed."""
