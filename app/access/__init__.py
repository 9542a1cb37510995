"""Who may use the operator's pages, until there are accounts: whoever the command line let in."""
