"""Hostile input for every parser and mapping of the harvest: by hypothesis in the tests, by atheris in `make fuzz`."""
