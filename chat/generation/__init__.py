"""The engine: replies are claimed, streamed, journaled and ended here, and by no connection."""
