"""One table of everything that happens by itself."""
