// title:   Under which session a runas or netonly one was opened
// asks:    Whose LUID started the programs that made this logon?
// reads:   (:Session)-[:OF]->(:Access)
// writes:  (:Session {parent})-[:OPENED_UNDER]->(:Session)
// events:  Security 4624 types 2, 9 by the secondary logon service, through their accesses
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: sessions
// limits:  a parent whose logon no log tells of is not found
// see:     rule R5.7
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE a.parent_luid IS NOT NULL
WITH h, s.boot AS boot, collect([s, a.parent_luid]) AS wanted
MATCH (h)<-[:ON_HOST]-(o:Session)
WHERE o.boot = boot AND any(w IN wanted WHERE w[1] IN o.luids)
UNWIND [w IN wanted WHERE w[1] IN o.luids] AS w
WITH w[0] AS s, o
WHERE o <> s AND o.first_ord <= s.first_ord
WITH s, o ORDER BY o.first_ord DESC, coalesce(o.whole_id, o.id)
WITH s, head(collect(o)) AS o
CALL (s, o) {
  CREATE (s)-[:OPENED_UNDER]->(o)
  SET s.parent = coalesce(o.whole_id, o.id)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions
