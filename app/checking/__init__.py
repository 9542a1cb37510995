"""Checks a document of anybody's against our profiles, in a process of its own that is ended at its limits."""
