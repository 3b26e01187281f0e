"""An export as a job: asked for, made, kept for some days, and given out."""
