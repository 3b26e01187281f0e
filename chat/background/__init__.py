"""Jobs that people asked for, done beside the requests: one at a time a person, a few at a time a process."""
