"""The graph: which labels, relationships and properties it has, and how tables become it."""
