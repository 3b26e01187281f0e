"""Backups: the whole of a Parley (database, uploaded files, the key it made) in one file, and back."""

from chat.backups.archive import BackupError
from chat.backups.making import make_backup
from chat.backups.restoring import Restored, restore_backup

__all__ = ["BackupError", "Restored", "make_backup", "restore_backup"]
