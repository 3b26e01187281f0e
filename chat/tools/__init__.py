"""Tools that a model may call, and the servers that have them. Nothing here knows a table."""
