"""Files made of conversations. It may import chat, never the reverse.

`content` is what is told of a conversation, `formats` how, `printing` lays out pages; `jobs` runs it all, and
`views` and `api` are where people and programs ask for it.
"""
