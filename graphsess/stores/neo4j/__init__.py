"""The graph in Neo4j 5: connect, load, derive, ask, compare. The only room that speaks Bolt."""
