"""What a conversation can be written as: one file for each format."""
