"""What a person can have done by typing: one file per command, registered through the plugins' hook."""
