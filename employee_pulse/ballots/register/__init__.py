"""Knows people, never answers."""
