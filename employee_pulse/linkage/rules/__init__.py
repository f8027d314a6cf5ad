"""What an attacker makes of evidence, and when that is more than chance. Pure."""
