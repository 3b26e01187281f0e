"""Files made of conversations: the room for jobs and formats. It may import chat, never the reverse."""
