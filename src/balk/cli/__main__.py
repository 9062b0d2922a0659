"""`python -m balk.cli` is `balk`."""

from balk.cli import main

main()
