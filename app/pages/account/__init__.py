"""Pages of people with an account, and the way to one."""
