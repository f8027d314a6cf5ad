"""Reading for the first screen and the health pages."""
