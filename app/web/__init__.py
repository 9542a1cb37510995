"""What every front door needs: negotiation, permissions, errors, caching, headers, words. Knows no feature."""
