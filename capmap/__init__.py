"""capmap: map how an organization develops capacity, from a portfolio to a paper."""

__version__ = "0.1.0"
