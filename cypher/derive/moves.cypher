// title:   Which session each move left and reached, and what speaks for it
// asks:    Between which sessions and hosts did somebody move, because of which records, and which other sessions may it have been?
// reads:   (:Session)-[:STEP_OF]->(:Move), (:Session)-[:HINTS_AT]->(:Host)
// writes:  (:Move {evidence_rule, evidence_score})-[:FROM_SESSION|TO_SESSION|ALTERNATIVE|FROM_HOST|TO_HOST|BECAUSE]->(), (:Session)-[:MOVED_TO]->(:Session)
// events:  those of the evidence, (:Move)-[:BECAUSE]->(:Event)
// returns: moves
// limits:  the move stands for its first arrival; its evidence is that of the best-proven one
// see:     rules R8.1-R8.5
MATCH (:Session)-[r:MOVED_TO]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS moves;

// Evidence of the chosen origin: a kind of piece once, the kinds of a rule together.
MATCH (m:Move)
WHERE m.said_by IS NOT NULL AND m.from_host IS NOT NULL
CALL (m) {
  MATCH (s:Session {id: m.said_by})-[r:HINTS_AT]->(h:Host)
  WHERE coalesce(h.whole_id, h.id) = m.from_host AND (r.session = m.from_id OR (r.session IS NULL AND (r.user IS NULL OR r.account = m.from_account)))
  WITH m, r.rule AS rule, r.points AS points, head(collect(r.score)) AS score, collect(r.uids) AS uids
  WITH m, rule, sum(score) AS score, collect(uids) AS uids
  ORDER BY rule
  WITH m, collect({rule: rule, score: score, uids: COLLECT { UNWIND uids AS some UNWIND some AS few UNWIND few AS uid RETURN DISTINCT uid }}) AS proofs
  SET m.evidence_rule = [p IN proofs | p.rule], m.evidence_score = [p IN proofs | p.score]
  WITH m, proofs
  UNWIND proofs AS p
  UNWIND p.uids AS uid
  MATCH (e:Event {id: uid})
  CREATE (m)-[:BECAUSE {rule: p.rule, score: p.score}]->(e)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(m) AS moves;

MATCH (m:Move)
CALL (m) {
  OPTIONAL MATCH (a:Session {id: m.from_id})
  OPTIONAL MATCH (b:Session {id: 'session' + substring(m.id, 4)})
  FOREACH (s IN CASE WHEN a IS NULL THEN [] ELSE [a] END | CREATE (m)-[:FROM_SESSION]->(s))
  FOREACH (s IN CASE WHEN b IS NULL THEN [] ELSE [b] END | CREATE (m)-[:TO_SESSION]->(s))
  FOREACH (s IN CASE WHEN a IS NULL OR b IS NULL THEN [] ELSE [a] END |
    CREATE (s)-[:MOVED_TO {move: coalesce(m.whole_id, m.id), score: m.score, band: m.band, exact: m.exact, rule: m.rule}]->(b))
  WITH m
  UNWIND range(0, size(coalesce(m.alternative_session, [])) - 1) AS i
  MATCH (s:Session {id: m.alternative_session[i]})
  CREATE (m)-[:ALTERNATIVE {score: m.alternative_score[i]}]->(s)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(m) AS moves;

// Hosts at both ends; of a machine whose logs the case lacks a node of its own.
MATCH (m:Move)
CALL (m) {
  OPTIONAL MATCH (a:Host {id: m.from_host})
  OPTIONAL MATCH (b:Host {id: coalesce(m.to_id, left(m.to_host, 1500))})
  FOREACH (h IN CASE WHEN a IS NULL THEN [] ELSE [a] END | CREATE (m)-[:FROM_HOST]->(h))
  FOREACH (h IN CASE WHEN b IS NULL THEN [] ELSE [b] END | CREATE (m)-[:TO_HOST]->(h))
  FOREACH (name IN CASE WHEN b IS NULL THEN [m.to_host] ELSE [] END |
    MERGE (o:Outside {id: CASE WHEN size(name) > 1500 THEN left(name, 200) + '…' + m.id ELSE name END})
    ON CREATE SET o.name = name
    CREATE (m)-[:TO_HOST]->(o))
  SET m.account = null, m.came_us = null, m.from_id = null, m.from_account = null, m.to_id = null, m.said_by = null
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(m) AS moves
