"""The writers, one noun each: every function is one transaction, and returns its object or raises."""
