// title:   From which session each session came, over a move or by a change of accounts
// asks:    Which session was somebody in just before, there or here, and who was on a host first?
// reads:   (:Session)-[:STEP_OF]->(:Move)-[:FROM_SESSION]->(:Session)-[:OPENED_UNDER]->(:Session), (:Host {ahead_us})
// writes:  (:Session {first_of})-[:CAME_AFTER {move, score, credential_switch}]->(:Session)
// events:  those of the moves
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// returns: sessions
// limits:  a session came from one session at most; see moves for what an origin is
// see:     rules R8.6, R8.7
MATCH (:Session)-[r:CAME_AFTER]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS sessions;

MATCH (s:Session)-[:STEP_OF]->(m:Move)-[:FROM_SESSION]->(o:Session)
WHERE m.hidden IS NULL AND s <> o
CALL (s, m, o) {
  CREATE (s)-[:CAME_AFTER {move: coalesce(m.whole_id, m.id), score: m.score, credential_switch: m.credential_switch}]->(o)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// On the same host as another account: a switch of credentials, and no move.
MATCH (s:Session)-[:OPENED_UNDER]->(o:Session)
WHERE s <> o AND NOT EXISTS { (s)-[:STEP_OF]->(m:Move)-[:FROM_SESSION]->(:Session) WHERE m.hidden IS NULL }
CALL (s, o) {
  CREATE (s)-[:CAME_AFTER {credential_switch: true}]->(o)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// The first session of each person on each host; a key of the index, not the whole names.
MATCH (s:Session)
WHERE s.first_of IS NOT NULL
CALL (s) {
  SET s.first_of = null
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

MATCH (h:Host)
CALL (h) {
  MATCH (h)<-[:ON_HOST]-(s:Session)
  WITH h, s, coalesce(s.sid, CASE WHEN s.user IS NOT NULL THEN coalesce($aliases[s.account], s.account) END) AS person, coalesce(s.start_us, s.start_latest_us) AS at
  WHERE person IS NOT NULL AND at IS NOT NULL
  WITH h, s, person ORDER BY at, s.id
  WITH h, person, head(collect(s)) AS s
  SET s.first_of = left(h.id, 700) + '|' + left(person, 700)
} IN TRANSACTIONS OF 20 ROWS
RETURN count(h) AS sessions
