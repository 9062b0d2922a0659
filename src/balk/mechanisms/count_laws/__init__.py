"""How many questions are skipped: one law per file, listed in `registry.COUNT_LAWS`."""
