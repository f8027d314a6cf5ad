"""Published scores under disclosure control."""
