"""Write what was found: paper, spreadsheet, explorer page, charts."""
