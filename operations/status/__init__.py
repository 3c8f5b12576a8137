"""`make status`: which models run, start or stop now, and what that costs."""
