"""Two rooms with a wall between: the register knows people, the urn knows answers."""
