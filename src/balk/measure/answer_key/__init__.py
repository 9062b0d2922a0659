"""The answer-key experiment as it is read: reply -> marks and workings -> table -> numbers."""
