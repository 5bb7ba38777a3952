// title:   Repeated steps of one account between the same two places, shown as one with a count
// asks:    Which steps are one move, how often was it made, and which of them is proven best?
// reads:   (:Session)-[:STEP_OF]->(:Move)
// writes:  (:Move {count, last_us, score, band, exact, background}), (:Session)-[:STEP_OF]->(:Move)
// events:  those of the steps
// param:   network_us int = 300000000 ; idle gap that parts two moves; microseconds
// returns: moves
// limits:  the step stands for its first arrival; its evidence is that of the best-proven one
// see:     rule R8.8
MATCH (s:Session)-[:STEP_OF]->(m:Move)
WHERE m.kind IN ['network', 'wmi', 'winrm', 'cleartext'] OR m.outcome IN ['failed', 'denied']
WITH m, s ORDER BY m.came_us, m.to_session
WITH m.from_host AS from_host, m.from_session AS from_session, m.source_address AS address, m.to_host AS to_host, m.account AS account, m.kind AS kind, m.outcome AS outcome,
  collect(m) AS moves, collect(s) AS sessions, collect(m.came_us) AS times
WITH moves, sessions, [i IN range(0, size(moves) - 1) WHERE i = 0 OR times[i] - times[i - 1] > $network_us] + [size(moves)] AS cuts
UNWIND range(0, size(cuts) - 2) AS k
WITH moves[cuts[k] .. cuts[k + 1]] AS moves, sessions[cuts[k] .. cuts[k + 1]] AS sessions
WHERE size(moves) > 1
CALL (moves, sessions) {
  CALL (moves) {
    UNWIND moves AS m
    WITH m ORDER BY m.exact DESC, m.score IS NULL, m.score DESC, m.came_us, m.to_session
    RETURN head(collect(m)) AS best, max(m.last_us) AS last_us, count(CASE WHEN NOT m.background THEN 1 END) = 0 AS background, sum(m.count) AS times
  }
  WITH moves, sessions, moves[0] AS m, best, last_us, background, times
  SET m.score = best.score, m.exact = best.exact, m.band = best.band, m.said_by = best.said_by, m.from_account = best.from_account,
    m.alternative_session = best.alternative_session, m.alternative_score = best.alternative_score,
    m.last_us = last_us, m.background = background, m.count = times
  FOREACH (x IN tail(moves) | DETACH DELETE x)
  FOREACH (s IN tail(sessions) | CREATE (s)-[:STEP_OF]->(m))
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(moves) AS moves
