"""Question bank, programs and their waves."""
