"""Decisions and arithmetic of results: what may be shown, figures, changes."""
