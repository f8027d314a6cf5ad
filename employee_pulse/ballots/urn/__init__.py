"""Knows answers, never people."""
