"""Deciding whether two tensor expressions are the same function for all sizes at once."""
