"""What people say of a dataset: comments with replies, corrections, usage notes; reports of them, and moderation."""
