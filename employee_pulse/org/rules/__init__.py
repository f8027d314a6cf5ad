"""What a roster must be, what it changes, and how departments make a tree."""
