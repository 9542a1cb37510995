"""Real names: who somebody says to be, and who said that it is so (Art. 15)."""
