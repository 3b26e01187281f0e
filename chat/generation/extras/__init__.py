"""Titles, tags and follow-ups by a model: when one is due, what it is asked, what of the answer is kept."""
