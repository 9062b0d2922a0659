"""Measure whether language models stop short of hard questions, and why."""

__version__ = "0.1.0"
