"""A new source's mapping: guessed, shown beside its records, corrected by a person, kept as YAML."""
