// title:   From which host and session each arriving session came, if anything says so
// asks:    Which possible origin has most evidence, exact before inferred, and which were nearly as good?
// reads:   (:Session)-[:MAY_COME_FROM]->(:Host)<-[:HINTS_AT]-(:Session)
// writes:  (:Session)-[:STEP_OF]->(:Move)
// events:  those of the evidence; a session's own sources on both sides
// param:   bounds map = null ; from how many points an origin is named, and in which band
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// returns: sessions
// limits:  an origin is named only where something points to that session or its account; two origins of different people with equal points name nobody, both stay as alternatives
// see:     rules R8.1-R8.5, R8.7, R8.9
MATCH (m:Move)
CALL (m) {
  DETACH DELETE m
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(m) AS sessions;

MATCH (o:Outside)
WHERE NOT (o)--()
CALL (o) {
  DELETE o
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(o) AS sessions;

MATCH (s:Session)-[:ON_HOST]->(t:Host)
WHERE s.came_us IS NOT NULL
CALL (s, t) {
  CALL (s) {
    MATCH (s)-[r:HINTS_AT]->(h:Host)
    WITH s, h, collect(r) AS pieces, COLLECT { MATCH (s)-[c:MAY_COME_FROM]->(h) UNWIND c.strangers AS id RETURN id } AS strangers
    WITH h, pieces, strangers, COLLECT { UNWIND pieces AS r WITH r WHERE r.session IS NOT NULL RETURN DISTINCT r.session AS id } AS placed
    UNWIND placed + strangers + CASE WHEN size(placed) = 0 OR any(r IN pieces WHERE r.session IS NULL AND r.user IS NOT NULL) THEN [''] ELSE [] END AS id
    OPTIONAL MATCH (o:Session {id: id})
    WHERE o.there_from_us IS NOT NULL
    WITH h, pieces, id, o, CASE WHEN o.user IS NOT NULL THEN o.account END AS account
    CALL (pieces, id, account) {
      UNWIND pieces AS r
      WITH r
      WHERE r.session = id OR (r.session IS NULL AND (r.user IS NULL OR id = '' OR r.account = account))
      WITH r.points AS points, head(collect(r.score)) AS score, count(CASE WHEN r.exact THEN 1 END) AS exact, count(CASE WHEN NOT r.after THEN 1 END) = 0 AS after, max(r.user) AS user
      WITH *, points IN ['E1', 'E2', 'E3', 'E4', 'E6', 'E7', 'E9'] AS pointed
      RETURN sum(score) AS total, sum(exact) > 0 AS exact, count(CASE WHEN pointed THEN 1 END) > 0 AS pointed, count(*) AS kinds, max(user) AS user,
        count(CASE WHEN pointed AND NOT after THEN 1 END) = 0 AND count(CASE WHEN after THEN 1 END) > 0 AS background
    }
    WITH *
    WHERE kinds > 0
    RETURN collect({host: coalesce(h.whole_id, h.id), from: h.id, id: id, o: o, whole: coalesce(o.whole_id, id), account: account, exact: exact, pointed: pointed, background: background, user: user,
      said: head([r IN pieces WHERE r.user = user | r.account]),
      score: CASE WHEN total < 0 THEN 0 WHEN total > $bounds.most THEN $bounds.most ELSE total END,
      begun: coalesce(o.session_us, o.start_us, o.start_latest_us) - coalesce(h.ahead_us, 0),
      person: coalesce($aliases[account], account, o.sid, '')}) AS found
  }
  CALL (found) {
    UNWIND found AS c
    WITH c
    WHERE c.id = '' OR c.pointed
    WITH c ORDER BY c.exact DESC, c.score DESC, c.id = '', c.background, CASE WHEN c.o IS NULL THEN 2 WHEN c.o.kind IN ['console', 'rdp', 'runas', 'ssh', 'winrm'] THEN 0 ELSE 1 END,
      c.begun IS NULL, c.begun DESC, c.host, c.whole
    WITH collect(c) AS ranked
    RETURN ranked[0] AS best, size(COLLECT { UNWIND ranked AS c WITH c, ranked[0] AS b WHERE c.from = b.from AND c.exact = b.exact AND c.score = b.score AND (c.id = '') = (b.id = '') RETURN DISTINCT c.person }) > 1 AS torn
  }
  WITH s, t, found, best, coalesce(best.score >= $bounds.edge, false) AS edge, CASE WHEN NOT torn THEN best.o END AS o, CASE WHEN NOT torn AND best.id <> '' THEN best.id END AS id
  WHERE best IS NOT NULL OR s.source_address IS NOT NULL OR (s.class = 'user' AND s.kind <> 'network')
  WITH *, CASE WHEN edge THEN id END AS from_id,
    CASE WHEN edge THEN coalesce(o.user, best.user) END AS from_user,
    CASE WHEN edge THEN CASE WHEN o.user IS NOT NULL THEN o.account ELSE best.said END END AS from_account,
    CASE WHEN edge THEN o.sid END AS from_sid
  CALL (found, from_id) {
    UNWIND found AS c
    WITH max(c.score) AS top, collect(c) AS cs, from_id
    UNWIND cs AS c
    WITH c, top
    WHERE c.id <> '' AND c.score >= $bounds.edge AND c.score >= top - $bounds.alternative AND (from_id IS NULL OR c.id <> from_id)
    WITH c ORDER BY c.whole, c.host
    RETURN collect(c.id) AS others, collect(c.score) AS points
  }
  WITH *, coalesce($aliases[from_account], from_account) = coalesce($aliases[s.account], s.account) AS alike
  CREATE (s)-[:STEP_OF]->(m:Move {id: 'move' + substring(s.id, 7)})
  SET m.whole_id = 'move' + substring(s.whole_id, 7), m.to_session = coalesce(s.whole_id, s.id), m.to_host = coalesce(t.whole_id, t.id), m.to_id = t.id,
    m.from_session = CASE WHEN from_id IS NOT NULL THEN COLLECT { MATCH (x:Session {id: from_id}) RETURN coalesce(x.whole_id, x.id) }[0] END,
    m.from_host = best.host, m.from_user = from_user, m.to_user = coalesce(s.user, s.attempted_user), m.source_address = s.source_address,
    m.kind = s.kind, m.start_us = coalesce(s.start_us, s.start_latest_us), m.last_us = coalesce(s.start_us, s.start_latest_us), m.outcome = s.outcome,
    m.score = best.score, m.exact = coalesce(best.exact, false), m.background = coalesce(best.background, false), m.count = size(s.accesses),
    m.band = CASE WHEN best.score >= $bounds.high THEN 'high' WHEN best.score >= $bounds.medium THEN 'medium' WHEN edge THEN 'low' END,
    m.rule = CASE WHEN best IS NULL THEN 'R8.1' ELSE 'R8.2' END,
    m.credential_switch = CASE WHEN alike AND $aliases[from_account] IS NOT NULL THEN false ELSE NOT coalesce(from_sid = s.sid, alike) END,
    m.hidden = CASE
      WHEN s.outcome IN ['failed', 'denied'] THEN 'failed'
      WHEN s.class = 'machine' AND from_id IS NOT NULL AND NOT t.is_dc THEN null
      WHEN o.kind = 'service' THEN 'service'
      WHEN s.hidden <> 'redirected' THEN 'infrastructure'
      WHEN s.hidden IS NOT NULL THEN s.hidden
      WHEN NOT edge AND best IS NOT NULL THEN 'weak'
    END,
    m.account = s.account, m.came_us = s.came_us, m.from_id = from_id, m.from_account = from_account, m.said_by = s.id,
    m.alternative_session = others, m.alternative_score = points
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(s) AS sessions
