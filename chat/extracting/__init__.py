"""What a model can be given of a file: its text, or the picture as models take them.

Read in a process of its own, with limits, since whoever sends a file may mean harm. That process knows no
Django, no database and no network.
"""
