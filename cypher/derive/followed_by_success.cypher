// title:   A success from the source of a failure run, soon after its last attempt
// asks:    Who got in after the failures, whoever it was?
// reads:   (:FailureRun)-[:AT_HOST]->(:Host), (:Session)
// writes:  (:FailureRun)-[:FOLLOWED_BY_SUCCESS {gap_us, rule}]->(:Session)
// events:  those of the run and of the session
// param:   hosts texts = null ; ids of hosts to derive; null for all
// param:   success_us int = 900000000 ; so soon after the last failure; microseconds
// returns: pairs
// limits:  a source without address or name is compared by kind, at the console only
// see:     rule R5.6
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:AT_HOST]-(f:FailureRun)
WHERE f.at_controller IS NULL
CALL (f) {
  MATCH (s:Session)
  WHERE s.origin = f.origin AND s.reached_us >= f.first_us AND s.reached_us <= f.last_us + $success_us AND s.host = f.host
    AND s.outcome IN ['established', 'authenticated', 'authenticated_no_shell'] AND NOT 'seen_at_dc_only' IN s.access_flags
    AND (s.origin <> '-' OR (s.kind = 'console' AND f.kind = 'console'))
  MERGE (f)-[r:FOLLOWED_BY_SUCCESS]->(s)
  SET r.gap_us = CASE WHEN s.reached_us > f.last_us THEN s.reached_us - f.last_us ELSE 0 END, r.rule = 'R5.6'
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(f) AS pairs
