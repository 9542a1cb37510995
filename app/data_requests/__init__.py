"""What people looked for and did not find."""
