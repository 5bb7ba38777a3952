"""The Cypher files of `cypher/`: read with their headers, by the name that an analyst would say."""

from graphsess.queries.files import folder, load, names, source
from graphsess.queries.query import Param, Query, Value, parse

__all__ = ["Param", "Query", "Value", "folder", "load", "names", "parse", "source"]
