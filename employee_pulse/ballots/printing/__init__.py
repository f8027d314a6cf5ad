"""What HR prints for people without e-mail: letters, and paper codes to draw."""
