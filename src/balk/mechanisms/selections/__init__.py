"""Which questions are skipped: one selection per file, listed in `registry.SELECTIONS`."""
