"""Records of every format brought into one shape: types, names, addresses, times, and an id."""
