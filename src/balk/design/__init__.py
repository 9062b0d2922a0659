"""Stage 1, what is asked: seed -> Puzzle -> Form -> Exam -> prompt text."""
