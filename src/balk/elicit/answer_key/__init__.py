"""The answer-key experiment as it is asked: sheets -> tasks -> logs -> the next stage's sheets."""
