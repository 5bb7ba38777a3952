// title:   Who was on the host of departure when somebody arrived from it (E9), and whether it was on
// asks:    Which sessions of the same account, or of whom if nobody's, were open there, and was that host proven off?
// reads:   (:Session)-[:MAY_COME_FROM]->(:Host)<-[:ON_HOST]-(:Session), (:Boot)-[:OF]->(:Host)
// writes:  (:Session {there_from_us, there_to_us}), (:Session)-[:HINTS_AT {rule, points, score, session, exact, after, uids}]->(:Host), (:Session)-[:MAY_COME_FROM {strangers}]->(:Host)
// events:  those of the sessions there, and of the boots of that host
// param:   points map = null ; points of each piece of evidence
// param:   bounds map = null ; with more people on than this nothing singles one out
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// param:   skew_us int = 5000000 ; tolerated difference of clocks; microseconds
// param:   hop_us int = 900000000 ; so long after its end a session may be where a step came from; microseconds
// param:   hop_max_us int = 86400000000 ; a background program so long; microseconds
// returns: sessions
// limits:  sessions whose start no log tells cannot be placed; a session of another account is a candidate only where few were on
// see:     rules R8.2 (E9 and the contradiction), R8.5, R8.7, R8.9
MATCH (s:Session)
WHERE s.there_from_us IS NOT NULL
CALL (s) {
  SET s.there_from_us = null, s.there_to_us = null
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(s) AS sessions;

MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE s.class IN ['user', 'service'] AND s.outcome IN ['established', 'authenticated'] AND coalesce(s.start_us, s.start_latest_us, s.session_us) IS NOT NULL
CALL (s, h) {
  SET s.there_from_us = coalesce(s.start_us, s.start_latest_us, s.session_us) - coalesce(h.ahead_us, 0), s.there_to_us = s.end_us - coalesce(h.ahead_us, 0)
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(s) AS sessions;

// E9: each session there under every account that can act from it: its own, its network identity's, the machine's in restricted admin mode.
MATCH (h:Host)
WHERE EXISTS { (h)<-[:MAY_COME_FROM]-(:Session) }
CALL (h) {
  MATCH (h)<-[:ON_HOST]-(o:Session)
  WHERE o.there_from_us IS NOT NULL
  WITH h, o, o.there_from_us - $skew_us AS since, coalesce(o.there_to_us, 4611686018427387904 - $hop_us) + $hop_us AS until,
    CASE WHEN o.user IS NOT NULL THEN coalesce($aliases[o.account], o.account) END AS person
  CALL (h, o, since, until, person) {
    MATCH (s:Session)-[c:MAY_COME_FROM]->(:Host)
    WHERE c.from_host = h.id AND c.sid = left(o.sid, 1000) AND c.came_us >= since AND c.came_us <= until
      AND o.outbound_user IS NULL AND s.sid = o.sid
    RETURN s
    UNION
    MATCH (s:Session)-[c:MAY_COME_FROM]->(:Host)
    WHERE c.from_host = h.id AND c.person = left(person, 1000) AND c.came_us >= since AND c.came_us <= until
      AND o.outbound_user IS NULL AND coalesce($aliases[s.account], s.account) = person AND (o.sid IS NULL OR s.sid IS NULL OR s.sid = o.sid)
    RETURN s
    UNION
    MATCH (s:Session)-[c:MAY_COME_FROM]->(:Host)
    WHERE c.from_host = h.id AND c.person = left(coalesce($aliases[o.outbound_account], o.outbound_account), 1000) AND c.came_us >= since AND c.came_us <= until
      AND o.outbound_user IS NOT NULL AND coalesce($aliases[s.account], s.account) = coalesce($aliases[o.outbound_account], o.outbound_account)
    RETURN s
    UNION
    MATCH (s:Session)-[c:MAY_COME_FROM]->(:Host)
    WHERE c.from_host = h.id AND c.person = left(split(coalesce(h.whole_id, h.id), '.')[0] + '$', 1000) AND c.came_us >= since AND c.came_us <= until
      AND o.restricted_admin AND coalesce($aliases[s.account], s.account) = split(coalesce(h.whole_id, h.id), '.')[0] + '$'
    RETURN s
  }
  WITH h, s, o, coalesce(s.came_us > o.there_to_us + $skew_us, false) AS after
  WITH h, s, collect(o) AS every, collect(CASE WHEN NOT after THEN o END) AS open
  WITH h, s, CASE WHEN size(open) > 0 THEN open ELSE every END AS there, size(open) = 0 AS after
  UNWIND there AS o
  UNWIND CASE WHEN size(there) = 1 THEN ['E9', 'E9 only'] ELSE ['E9'] END AS points
  CREATE (s)-[:HINTS_AT {rule: 'E9', points: points, score: $points[points], session: o.id, exact: false, after: after, uids: []}]->(h)
} IN TRANSACTIONS OF 10 ROWS
RETURN count(h) AS sessions;

// The contradiction: between the end of a boot and the start of the next nobody left that host.
MATCH (h:Host)
WHERE EXISTS { (h)<-[:MAY_COME_FROM]-(:Session) }
CALL (h) {
  MATCH (b:Boot)-[:OF]->(h)
  WITH h, b ORDER BY b.boot
  WITH h, collect(b) AS boots
  UNWIND range(0, size(boots) - 2) AS i
  WITH h, boots[i] AS b, boots[i + 1].start_us AS up_us
  WHERE b.end_kind = 'clean' AND up_us IS NOT NULL AND b.end_us < up_us
  MATCH (s:Session)-[c:MAY_COME_FROM]->(h)
  WHERE c.came_us >= b.end_us - coalesce(h.ahead_us, 0) AND c.came_us <= up_us - coalesce(h.ahead_us, 0)
  WITH h, s, b ORDER BY b.boot
  WITH h, s, head(collect(b)) AS b
  CREATE (s)-[:HINTS_AT {rule: 'off', points: 'off', score: $points.off, exact: false, after: false, uids: CASE WHEN b.end_event IS NULL THEN [] ELSE [b.end_event] END}]->(h)
} IN TRANSACTIONS OF 10 ROWS
RETURN count(h) AS sessions;

// Evidence that names a session which began later, or was over too long.
MATCH (s:Session)-[r:HINTS_AT]->(:Host)
WHERE r.session IS NOT NULL
MATCH (o:Session {id: r.session})
WHERE o.there_from_us IS NOT NULL AND (s.came_us < o.there_from_us - $skew_us OR s.came_us > o.there_to_us + $hop_max_us)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(r) AS sessions;

// Of other accounts' desktops, where no session is known and few were on.
MATCH (s:Session)-[c:MAY_COME_FROM]->(h:Host)
WHERE s.class = 'user' AND EXISTS { (s)-[:HINTS_AT]->(h) } AND NOT EXISTS { MATCH (s)-[r:HINTS_AT]->(h) WHERE r.session IS NOT NULL }
CALL (c) {
  SET c.asks = true
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(c) AS sessions;

MATCH (h:Host)
WHERE EXISTS { (h)<-[:MAY_COME_FROM]-(:Session) }
CALL (h) {
  MATCH (h)<-[:ON_HOST]-(o:Session)
  WHERE o.there_from_us IS NOT NULL AND o.kind IN ['console', 'rdp', 'runas', 'ssh', 'winrm']
  CALL (h, o) {
    MATCH (:Session)-[c:MAY_COME_FROM]->(:Host)
    WHERE c.from_host = h.id AND c.asks = true AND c.came_us >= o.there_from_us - $skew_us AND c.came_us <= coalesce(o.there_to_us, 4611686018427387904) + $skew_us
    RETURN c
  }
  WITH c, collect(o.id) AS ids
  WHERE size(ids) <= $bounds.few
  SET c.strangers = ids
} IN TRANSACTIONS OF 10 ROWS
RETURN count(h) AS sessions
