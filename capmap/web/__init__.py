"""The site: pages as thin doors to the records and the library."""
