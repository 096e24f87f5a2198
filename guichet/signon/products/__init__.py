"""The things people sign on with: one file, one class each."""
