// title:   Flags: what an examiner must know of a session before trusting or dismissing it
// asks:    What of this session needs a second look, and which records say so?
// reads:   (:Session)-[:OF]->(:Access), (:Event)-[:SOURCE_OF]->(:Session), (:Event)-[:ON]->(:Host)
// writes:  (:Session {flags})-[:FLAGGED]->(:Flag)<-[:PROVES]-(:Event)
// events:  Security 1102, System 104 for clears; RCM 20503-20511 for shadowing; those of the session
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: sessions
// limits:  a flag says what the logs show; its absence proves nothing outside coverage
// see:     rules R4.2, R5.9, R5.12, R6.1, R0.4
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
CALL (h) {
  OPTIONAL MATCH (e:Event)-[:ON]->(h)
  WHERE size(h.clock_jumps_before_us) > 0
  RETURN max(e.era) AS last_era
}
CALL (h) {
  OPTIONAL MATCH (e:Event)-[:ON]->(h)
  WHERE e.kind IN ['security_1102', 'eventlog_104'] AND e.time_us IS NOT NULL
  RETURN collect(e) AS clears
}
CALL (h) {
  OPTIONAL MATCH (e:Event)-[:ON]->(h)
  WHERE e.kind STARTS WITH 'rcm_205' AND e.event_id IN [20503, 20506, 20508, 20510] AND e.ts_id IS NOT NULL
  RETURN collect(e) AS shadows
}
MATCH (h)<-[:ON_HOST]-(s:Session)
CALL (s, last_era, clears, shadows) {
  MATCH (s)-[:OF {position: 0}]->(a:Access)
  WITH s, a, last_era, clears, shadows, s.desk AND s.outcome = 'established' AS lasting,
    coalesce(s.end_us, a.covered_until_us) AS until_us,
    COLLECT { MATCH (e:Event)-[p:SOURCE_OF]->(s) WHERE p.role = 'DISPLACED_BY' RETURN e } AS displaced
  WITH s, [f IN s.access_flags | {flag: f, events: [], rule: CASE f
      WHEN 'tunnelled' THEN 'N8' WHEN 'lsm_not_covering' THEN 'R4.6' WHEN 'security_not_covering' THEN 'R5.12'
      WHEN 'session_hijack' THEN 'R5.9' WHEN 'ambiguous' THEN 'R4.3' WHEN 'redirected_by_broker' THEN 'R4.6'
      WHEN 'dc_background' THEN 'R5.7' WHEN 'seen_at_dc_only' THEN 'R5.6' WHEN 'credentials_may_be_right' THEN 'R5.6'
      WHEN 'dollar_user' THEN '0.4' WHEN 'epoch_conflict' THEN 'R2.8' ELSE 'R5' END}]
    + CASE WHEN size(displaced) > 0 AND NOT 'session_hijack' IN s.access_flags THEN [{flag: 'takeover', rule: 'R4.2', events: displaced}] ELSE [] END
    + CASE WHEN last_era > 0 AND (a.spans_jump OR coalesce(lasting AND coalesce(a.end_era, last_era) > a.first_era, false))
      THEN [{flag: 'clock_jump', rule: 'R0.4', events: []}] ELSE [] END
    + [f IN [{flag: 'log_cleared_during', rule: 'R6.1', events: [e IN clears
        WHERE (s.start_us IS NOT NULL OR s.opened_by = 'before_coverage') AND e.boot = s.boot AND (e.actor_luid IN s.luids OR lasting)
          AND e.time_us >= coalesce(s.start_us, s.start_earliest_us, 0) AND e.time_us <= until_us]}] WHERE size(f.events) > 0]
    + [f IN [{flag: 'shadowed', rule: 'R5.10', events: [e IN shadows
        WHERE s.outcome = 'established' AND e.boot = s.boot AND e.ts_id = s.ts_id
          AND e.time_us >= coalesce(s.session_us, s.start_us, 0) AND e.time_us <= until_us]}] WHERE size(f.events) > 0]
    AS found
  UNWIND found AS f
  WITH s, f ORDER BY f.flag, f.rule
  WITH s, f.flag AS flag, head(collect(f)) AS f
  CREATE (s)-[:FLAGGED]->(x:Flag {id: 'flag' + substring(s.id, 7) + '|' + flag})
  SET x.session = coalesce(s.whole_id, s.id), x.flag = flag, x.rule = f.rule,
    x.uids = COLLECT { UNWIND f.events AS e RETURN DISTINCT e.id ORDER BY e.id }
  WITH s, flag, x, f ORDER BY flag
  FOREACH (e IN f.events | MERGE (e)-[:PROVES]->(x))
  WITH s, collect(flag) AS flags
  SET s.flags = flags
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS sessions
