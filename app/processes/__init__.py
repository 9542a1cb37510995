"""The processes that `suishu serve` runs, and the commands that do a keeper's work by themselves."""
