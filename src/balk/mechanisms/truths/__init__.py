"""Data of known truth, written from the equations alone, to test the fitted mechanisms on."""
