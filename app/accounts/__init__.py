"""Who people are here, how they prove it, and what they may do."""
