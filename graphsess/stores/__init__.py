"""Where graphs are kept and asked: the tables of a case, or Neo4j."""
