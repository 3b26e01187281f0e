"""One reader a file, called by its name: `read` for documents, `prepare` for pictures."""
