// title:   Which session each move left and reached
// asks:    Between which sessions did somebody move, and which others may it have been?
// reads:   (:Move {from_session, to_session, alternative_session}), (:Session)
// writes:  (:Move)-[:FROM_SESSION|TO_SESSION|ALTERNATIVE]->(:Session)-[:MOVED_TO]->(:Session)
// events:  those of the evidence, (:Move)-[:BECAUSE]->(:Event)
// returns: moves
// limits:  moves and their points are worked out when a case is built, over all hosts; here they are tied to the sessions
// see:     rules R8.1-R8.5
MATCH (:Session)-[r:MOVED_TO]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS moves;

MATCH (m:Move)-[r:FROM_SESSION|TO_SESSION|ALTERNATIVE]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS moves;

MATCH (m:Move)
CALL (m) {
  OPTIONAL MATCH (a:Session {id: m.from_session})
  OPTIONAL MATCH (b:Session {id: m.to_session})
  FOREACH (s IN CASE WHEN a IS NULL THEN [] ELSE [a] END | CREATE (m)-[:FROM_SESSION]->(s))
  FOREACH (s IN CASE WHEN b IS NULL THEN [] ELSE [b] END | CREATE (m)-[:TO_SESSION]->(s))
  FOREACH (s IN CASE WHEN a IS NULL OR b IS NULL THEN [] ELSE [a] END |
    CREATE (s)-[:MOVED_TO {move: coalesce(m.whole_id, m.id), score: m.score, band: m.band, exact: m.exact, rule: m.rule}]->(b))
  WITH m
  UNWIND range(0, size(coalesce(m.alternative_session, [])) - 1) AS i
  MATCH (s:Session {id: m.alternative_session[i]})
  CREATE (m)-[:ALTERNATIVE {score: m.alternative_score[i]}]->(s)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(m) AS moves
