// title:   In which session each act was done: exact keys first, time alone last
// asks:    During which session was it done, how is that known, and which others may it have been?
// reads:   (:Activity)-[:OF_LOGON|UNDER_LOGON]->(:LogonSession), (:Process {acts_at, acts_in}), (:Event)-[:CAUSED_BY]->(:Activity), (:Stay), (:Session {seat})
// writes:  (:Activity {session, local, logon, method, …})-[:DURING {method, confidence, while_disconnected, rule}]->(:Session), (:Activity)-[:MAY_BE_OF {confidence}]->(:Session)
// events:  every event that is an activity
// param:   hosts texts = null ; ids of hosts to derive; null for all
// param:   kinds texts = null ; kinds of the acts to map; null for all
// param:   skew_us int = 5000000 ; this near to a boundary the neighbour is named too; microseconds
// returns: activities
// limits:  an account's own sessions may be several at once; time alone is no more than a hint
// see:     rules R7.1-R7.5
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(a:Activity)
WHERE $kinds IS NULL OR a.kind IN $kinds
CALL (a) {
  MATCH (a)-[r:DURING|MAY_BE_OF]->(:Session)
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(a) AS activities;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
// The names that SIDs bear here, asked for only where somebody stayed whose SID no log tells.
CALL (h) {
  MATCH (h)<-[:AT_HOST]-(x:Stay)
  WHERE x.key STARTS WITH 'sam ' AND x.sid IS NULL
  RETURN count(x) > 0 AS unnamed
}
CALL (h, unnamed) {
  MATCH (h)<-[:AT_HOST]-(x:Stay)
  WHERE unnamed AND x.key STARTS WITH 'sid ' AND x.sam IS NOT NULL
  OPTIONAL MATCH (s:Session {id: x.session})
  OPTIONAL MATCH (t:LocalSession {id: x.local})
  WITH x ORDER BY t IS NULL, t.boot, coalesce(t.start_ord, -1), t.id, s.first_ord, s.id
  WITH x.sid AS sid, head(collect([x.sam, x.realm])) AS name
  RETURN collect([sid, name]) AS names
}
MATCH (h)<-[:ON]-(a:Activity)
WHERE $kinds IS NULL OR a.kind IN $kinds
CALL (h, names, a) {
  // The rungs with a key: token, desktop, process, cause.
  OPTIONAL MATCH (a)-[:OF_LOGON]->(about:LogonSession)
  OPTIONAL MATCH (a)-[:UNDER_LOGON]->(under:LogonSession)
  OPTIONAL MATCH (a)-[c:CAUSED_BY]->(:Activity)
  WHERE c.session IS NOT NULL AND NOT a:Process
  WITH h, names, a, c, CASE WHEN a.target_luid IS NULL THEN under ELSE about END AS l
  CALL (h, a) {
    OPTIONAL MATCH (t:LocalSession)
    WHERE t.at_host = h.id AND t.boot = a.boot AND t.ts_id = CASE WHEN a.ts_id > 0 THEN a.ts_id END AND t.from_ord <= a.ord AND t.established
    RETURN CASE WHEN a.ord <= t.to_ord THEN t.id END AS desk ORDER BY t.from_ord DESC, t.id DESC LIMIT 1
  }
  CALL (h, a) {
    OPTIONAL MATCH (q:Process)
    WHERE q.at_host = h.id AND q.boot = a.boot AND q.guid = CASE WHEN a.kind STARTS WITH 'sysmon_' THEN a.process_guid END
    RETURN q AS named ORDER BY q.process_id, q.ord LIMIT 1
  }
  CALL (h, a, named) {
    OPTIONAL MATCH (q:Process)
    WHERE q.at_host = h.id AND q.boot = a.boot AND q.process_id = CASE WHEN named IS NULL THEN a.doer_id END AND q.ord <= a.ord
    RETURN CASE WHEN coalesce(a.ord <= q.ended_ord, true) THEN q END AS numbered ORDER BY q.ord DESC LIMIT 1
  }
  WITH h, names, a, c, l, desk, coalesce(named, numbered) AS p
  OPTIONAL MATCH (p)-[:RUNS_UNDER]->(pl:LogonSession)
  WITH *, coalesce(a.doer_sid <> pl.sid, false)
    AND NOT (a.doer_sid IN ['S-1-5-18', 'S-1-5-19', 'S-1-5-20', 'S-1-5-6'] OR any(x IN ['80', '82', '90', '96', '111'] WHERE a.doer_sid STARTS WITH 'S-1-5-' + x + '-')) AS anothers
  WITH *, p.acts_by IS NOT NULL AND NOT anothers AS by_process
  WITH *, CASE
      WHEN NOT l.acts_weak THEN 'token'
      WHEN desk IS NOT NULL THEN 'desk'
      WHEN by_process AND (p.acts_at IS NOT NULL OR p.acts_in IS NOT NULL) THEN 'process'
      WHEN c IS NOT NULL THEN 'cause'
      WHEN l IS NOT NULL THEN 'weak token'
      WHEN by_process THEN 'weak process'
    END AS rung,
    a.doer_sid IS NULL AND a.doer_name IS NULL AS nameless
  WITH *, CASE
      WHEN rung IS NOT NULL THEN 'key'
      WHEN NOT nameless AND NOT a.doer_is_service THEN 'account'
      WHEN NOT a.doer_is_machine THEN 'time'
    END AS way
  // The rungs without one: who stayed at the host then, of the account, or at all.
  CALL (h, a, way, names) {
    WITH h, a, way, CASE WHEN a.doer_sid IS NOT NULL AND (a.doer_name IS NULL OR a.doer_realm IS NULL) THEN head([n IN names WHERE n[0] = a.doer_sid | n[1]]) END AS borne
    WITH h, a, way, coalesce(a.doer_name, borne[0]) AS name, coalesce(a.doer_realm, borne[1]) AS realm
    UNWIND CASE way WHEN 'account' THEN ['sid ' + left(a.doer_sid, 200), 'sam ' + left(name, 200)] WHEN 'time' THEN ['seat ', 'desk '] ELSE [] END AS key
    CALL (h, a, key, name) {
      UNWIND [16, 256, 4096, 65536, 1048576, 4611686018427387904] AS reach
      MATCH (x:Stay)
      WHERE x.host = h.id AND x.boot = a.boot AND x.key = key AND x.reach = reach
        AND x.from_ord >= a.ord - reach AND x.from_ord <= a.ord AND x.to_ord >= a.ord
        AND (NOT key STARTS WITH 'sid ' OR x.sid = a.doer_sid)
        AND (NOT key STARTS WITH 'sam ' OR (x.sam = name AND (a.doer_sid IS NULL OR x.sid IS NULL)))
      RETURN collect(x) AS xs
    }
    WITH way, key, realm, CASE WHEN way = 'account' AND size(xs) > 8 THEN [] ELSE xs END AS xs
    WITH way, collect([x IN xs WHERE NOT key STARTS WITH 'sam ' OR coalesce(realm = x.realm, true)]) AS found
    WITH way, CASE WHEN way = 'time' AND size(found[0]) > 0 THEN found[0] ELSE reduce(all = [], xs IN found | all + xs) END AS all
    WITH way, all, [x IN all WHERE x.local IS NOT NULL] AS desks
    WITH CASE WHEN way = 'account' AND size(desks) > 0 THEN desks ELSE all END AS chosen
    RETURN head(collect(chosen)) AS stays
  }
  WITH *, coalesce(size(stays), 0) AS n
  WITH *,
    CASE
      WHEN way = 'key' THEN [{
        local: CASE rung WHEN 'token' THEN l.acts_at WHEN 'desk' THEN desk WHEN 'process' THEN p.acts_at WHEN 'cause' THEN c.local END,
        direct: CASE rung WHEN 'token' THEN l.acts_in WHEN 'process' THEN CASE WHEN p.acts_fixed IS NULL THEN p.acts_in END END,
        fixed: CASE rung WHEN 'process' THEN CASE WHEN p.acts_fixed THEN p.acts_in END WHEN 'cause' THEN c.session END}]
      WHEN n > 8 THEN []
      ELSE [x IN stays | {local: x.local, direct: x.session}]
    END AS points,
    CASE way
      WHEN 'key' THEN CASE rung
        WHEN 'token' THEN 'luid' WHEN 'desk' THEN 'ts_id' WHEN 'cause' THEN c.method WHEN 'weak token' THEN 'luid' WHEN 'weak process' THEN 'process'
        ELSE CASE WHEN p.acts_by IN ['luid', 'ts_id'] THEN 'process' ELSE p.acts_by END
      END
      WHEN 'account' THEN CASE WHEN a.doer_by_path THEN 'path' ELSE 'user' END
      ELSE 'time'
    END AS how,
    CASE way
      WHEN 'key' THEN CASE rung
        WHEN 'desk' THEN 90 WHEN 'cause' THEN c.confidence WHEN 'weak process' THEN 95
        WHEN 'process' THEN CASE WHEN p.acts_confidence < 95 THEN p.acts_confidence ELSE 95 END
        ELSE 100
      END
      WHEN 'account' THEN CASE WHEN stays[0].local IS NULL THEN 60 ELSE 75 END / CASE WHEN n > 1 THEN n ELSE 1 END
      ELSE 40 / CASE WHEN n > 1 THEN n ELSE 1 END
    END AS grade
  // From a desktop and a moment to the session that held it then: what follows a connection is of it, never of the next.
  CALL (h, a, points) {
    UNWIND points AS q
    CALL (a, q) {
      OPTIONAL MATCH (v:Session)
      WHERE v.seat = q.local AND v.from_ord <= a.ord
      RETURN v ORDER BY v.from_ord DESC, v.first_ord DESC, coalesce(v.whole_id, v.id) DESC LIMIT 1
    }
    WITH h, a, q, v, a.ord > v.to_ord AS over, coalesce(v.session_us, v.auth_us, v.start_us) AS came_us
    WITH h, a, q, v, over, came_us, over AND (a.ord > v.seat_to_ord OR v.end_kind = 'logoff') AS closed, q.fixed IS NULL AS free
    RETURN collect({
      session: coalesce(q.fixed, v.id, q.direct), local: q.local,
      away: coalesce(free AND over AND NOT closed, false), ended: coalesce(free AND closed, false),
      beyond: coalesce(NOT over AND (
        (v.end_kind = 'inferred' AND a.time_us > v.end_earliest_us)
        OR (v.end_kind IN ['open_at_end_of_log', 'unobserved'] AND a.time_us > h.last_us)
        OR (v.from_ord = -1 AND a.time_us < h.first_us)), false),
      before: CASE WHEN free AND abs(a.time_us - came_us) <= $skew_us THEN v.seat_before END,
      after: CASE WHEN free AND abs(v.seat_after_us - a.time_us) <= $skew_us THEN v.seat_after END
    }) AS placed
  }
  WITH *, CASE WHEN way = 'key' OR (way = 'account' AND n = 1) OR (way = 'time' AND n = 1 AND placed[0].session IS NOT NULL) THEN placed[0] END AS one,
    CASE WHEN n > 1 THEN [x IN placed WHERE x.session IS NOT NULL | [x.session, grade]] ELSE [] END AS several
  WITH *, one IS NULL AND n < 2 AS lost, coalesce(one.beyond AND NOT (way = 'key' AND how IN ['luid', 'process']), false) AS beyond
  WITH *, CASE WHEN lost THEN 'no_session' ELSE how END AS method, CASE WHEN lost THEN 0 WHEN beyond THEN grade / 2 ELSE grade END AS confidence
  OPTIONAL MATCH (s:Session {id: one.session})
  OPTIONAL MATCH (t:LocalSession {id: one.local})
  WITH a, s, t, c, l, p, pl, by_process, one, several, beyond, method, confidence, way, n
  SET a.session = coalesce(s.whole_id, s.id), a.local = coalesce(t.whole_id, t.id),
    a.logon = coalesce(l.whole_id, l.id, CASE WHEN by_process THEN coalesce(pl.whole_id, pl.id) END, s.sole_logon),
    a.sid = coalesce(l.sid, CASE WHEN by_process THEN pl.sid END, a.actor_sid),
    a.user = coalesce(l.user, CASE WHEN by_process THEN pl.user END,
      CASE WHEN a.actor_domain IS NOT NULL THEN a.actor_domain + '\\' + a.actor_user ELSE a.actor_user END),
    a.method = method, a.confidence = confidence, a.while_disconnected = coalesce(one.away, false), a.activity_rule = 'R7.1',
    a.activity_flags = CASE WHEN one.ended THEN ['after_end'] ELSE [] END + CASE WHEN beyond THEN ['beyond_last_evidence'] ELSE [] END
      + CASE WHEN way = 'time' AND n > 8 THEN ['many_candidates'] ELSE [] END
  FOREACH (x IN CASE WHEN s IS NULL THEN [] ELSE [s] END |
    CREATE (a)-[:DURING {method: method, confidence: confidence, while_disconnected: a.while_disconnected, rule: 'R7.1'}]->(x))
  WITH a, s, several + [x IN [one.before, one.after] | [x, confidence / 2]] AS beside
  UNWIND beside AS x
  WITH a, s, x[0] AS id, max(x[1]) AS confidence
  WHERE id IS NOT NULL AND coalesce(id <> s.id, true)
  MATCH (o:Session {id: id})
  CREATE (a)-[:MAY_BE_OF {confidence: confidence}]->(o)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(a) AS activities
