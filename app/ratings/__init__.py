"""What people think of datasets, in stars (Art. 27)."""
