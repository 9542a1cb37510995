"""One SKOS concept scheme a file."""
