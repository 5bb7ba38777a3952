// title:   Which host had a session's source address then
// asks:    Which machine of the case did each session come from?
// reads:   (:Session)-[:OF]->(:Access)-[:CAME_THROUGH]->(:Host), (:Address)-[:RESOLVES_TO]->(:Host)
// writes:  (:Session {origin_address, via})-[:CAME_FROM {weight, rule, uids}]->(:Host)
// events:  those that tell whose an address was, from when to when
// returns: sessions
// limits:  the interval that holds the moment, else the nearest within a day; none for an address behind which several machines stand
// see:     rules R4.5, R9.2, R9.5
MATCH (:Session)-[r:CAME_FROM]->(:Host)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS sessions;

MATCH (s:Session)-[:OF {position: 0}]->(:Access)-[g:CAME_THROUGH]->(v:Host)
CALL (s, g, v) {
  SET s.origin_address = g.origin_address, s.via = coalesce(v.whole_id, v.id), s.via_uids = g.uids
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

MATCH (s:Session)
WHERE coalesce(s.origin_address, s.source_address) IS NOT NULL AND coalesce(s.start_us, s.start_latest_us) IS NOT NULL
CALL (s) {
  MATCH (x:Address {id: coalesce(s.origin_address, s.source_address)})-[b:RESOLVES_TO]->(o:Host)
  WHERE NOT coalesce(x.shared, false)
  WITH s, b, o, coalesce(s.start_us, s.start_latest_us) AS at
  WITH s, b, o, CASE WHEN at < b.valid_from_us THEN b.valid_from_us - at WHEN at > b.valid_to_us THEN at - b.valid_to_us ELSE 0 END AS away
  WHERE away <= 86400000000
  WITH s, o, b, away, b.weight * (86400000000 - away) / 86400000000 AS believed
  ORDER BY away, believed DESC, coalesce(o.whole_id, o.id)
  WITH s, head(collect({host: o, weight: believed, uids: b.uids})) AS best
  WITH s, best, best.host AS o
  CREATE (s)-[r:CAME_FROM]->(o)
  SET r.weight = best.weight, r.rule = CASE WHEN s.via IS NULL THEN 'R9.2' ELSE 'R4.5' END,
    r.uids = COLLECT { UNWIND best.uids + coalesce(s.via_uids, []) AS u RETURN DISTINCT u ORDER BY u }
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS sessions
