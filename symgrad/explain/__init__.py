"""What was derived and decided, for people to read. It prints; it decides nothing."""
