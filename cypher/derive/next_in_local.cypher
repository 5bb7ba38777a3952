// title:   Which session followed which on the same desktop, and how long nobody was attached between
// asks:    In which order was a desktop used, and by whom next?
// reads:   (:Session)-[:ON_HOST]->(:Host)
// writes:  (:Session {next, previous})-[:NEXT_IN_LOCAL {gap_us, rule}]->(:Session)
// events:  those of the two sessions
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: pairs
// limits:  only sessions that reached the desktop count
// see:     rule R5.8
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)
WHERE s.local IS NOT NULL AND s.outcome = 'established'
WITH s ORDER BY s.first_ord, coalesce(s.whole_id, s.id)
WITH s.local AS desk, collect(s) AS ss
UNWIND range(0, size(ss) - 2) AS i
WITH ss[i] AS a, ss[i + 1] AS b
CALL (a, b) {
  MERGE (a)-[r:NEXT_IN_LOCAL]->(b)
  SET r.gap_us = coalesce(CASE WHEN coalesce(b.session_us, b.auth_us, b.start_us) > a.end_us THEN coalesce(b.session_us, b.auth_us, b.start_us) - a.end_us END, 0),
    r.rule = 'R5.8', a.next = coalesce(b.whole_id, b.id), b.previous = coalesce(a.whole_id, a.id)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(a) AS pairs
