"""What of a conversation goes into a file, and in which words, before any format has its say."""
