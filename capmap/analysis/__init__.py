"""Answer questions about a portfolio from its tables, each share with its uncertainty."""
