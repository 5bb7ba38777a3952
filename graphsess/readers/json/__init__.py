"""Event logs that a collector turned into JSON, one module a shape, one object a line."""
