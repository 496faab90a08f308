"""What is known of the languages that questions and texts are in."""
