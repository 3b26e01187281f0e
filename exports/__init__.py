"""Files made of conversations: the room for export jobs and formats. It may import chat, never the reverse."""
