"""Evidence as it was handed over: its bytes, where they came from, what became of them."""
