"""What a search backend may raise."""


class SearchUnavailable(Exception):
    """The index can't be reached or opened now; the caller says so and goes on without."""


class SearchUnreachable(SearchUnavailable):
    """A search server doesn't answer. Nothing is known to be wrong with the index; it can be tried again."""


class CursorInvalid(ValueError):
    """A cursor that this backend did not give out, or that belongs to another query."""


class IndexOutdated(SearchUnavailable):
    """The index was made by another version of schema or analysis; it must be rebuilt from the record."""
