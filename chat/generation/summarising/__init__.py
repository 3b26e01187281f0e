"""Summaries made by a model: when one is due, what it is asked, and how the answer is kept."""
