"""How well search finds what people want, by judged queries: `python -m benchmarks.relevance`."""
