"""What browsers and other programs ask of the directory."""
