"""Letters to people: kept until they are handed over, so that no page waits for a mail server."""
