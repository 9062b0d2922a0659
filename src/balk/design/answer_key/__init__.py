"""The answer-key experiment as it is asked: puzzle -> key shown -> sheet -> prompt text."""
