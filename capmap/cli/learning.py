"""Commands of coding that learns: learn, review-order, estimate."""
