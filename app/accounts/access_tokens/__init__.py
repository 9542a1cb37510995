"""Words by which a program acts for an account, as far as its owner let it."""
