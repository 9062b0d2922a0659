"""Simulated subjects of the answer-key experiment: ``balk-key/NAME``, policies of known truth."""
