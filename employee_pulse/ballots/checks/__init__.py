"""Pages by which anybody can check the promise."""
