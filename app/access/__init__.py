"""Who may use the operator's pages: whoever the command line let in."""
