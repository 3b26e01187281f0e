"""The pages: access, form, one service call, one render."""
