"""A whole company to try everything on."""
