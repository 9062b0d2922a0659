"""Who can be examined offline."""
