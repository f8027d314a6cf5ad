"""Attacks on anonymity: whole waves are staged, and a curious operator tries to link them."""
