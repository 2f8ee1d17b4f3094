"""An organization's own words as YAML that an evaluator can edit: outcomes, codebook, crosswalks.

A results framework is a folder (``ilo_2010_15/``) with ``framework.yaml`` and a
``codebook/`` of its own facets; ``capacity/`` holds the facets that every framework
shares. Nothing here is law in code: users bring their own folders.
"""
