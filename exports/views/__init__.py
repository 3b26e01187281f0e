"""The pages of the exports: the dialogs, the list of one's own, and what a link opens."""
