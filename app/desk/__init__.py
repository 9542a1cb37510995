"""What was said of somebody's data, what of it waits for them, and how long answers take."""
