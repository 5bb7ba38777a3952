// title:   Triage sessions: one access each, but that network logons of one user and source coalesce
// asks:    Who got in or tried to, from where, when, and how did it end?
// reads:   (:Event)-[:PART_OF]->(:Access)-[:ON]->(:Host), and what moments and coalescing wrote of accesses
// writes:  (:Session)-[:OF]->(:Access), (:Event)-[:SOURCE_OF]->(:Session)-[:ON_HOST|OF_USER|FROM_ADDRESS|USES|IN|OVER]->()
// events:  all that are linked to accesses
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: sessions
// limits:  see moments for what an end may be, coalescing for who is taken as one
// see:     rules R5.1-R5.5, R5.7, R5.10
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)
CALL (s) {
  OPTIONAL MATCH (s)-[:FLAGGED]->(f:Flag)
  DETACH DELETE f, s
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
WITH h, a ORDER BY a.first_ord, coalesce(a.whole_id, a.id)
WITH h, a.session AS id, collect(a) AS members
CALL (h, id, members) {
  CALL (members) {
    UNWIND members AS m
    WITH m, m.end_kind = 'closed' AS closed
    RETURN head(collect(m.protocol)) AS protocol, head(collect(m.source_address)) AS address, head(collect(m.source_name)) AS name,
      min(m.start_us) AS start_us, min(m.start_earliest_us) AS start_earliest_us, min(m.start_latest_us) AS start_latest_us, min(m.auth_us) AS auth_us,
      CASE WHEN count(m) = 1 THEN max(m.end_us) WHEN count(m.end_us) > 0 THEN max(coalesce(m.end_us, m.start_us)) END AS end_us,
      max(m.end_earliest_us) AS end_earliest_us, CASE WHEN count(m.end_latest_us) = count(m) THEN max(m.end_latest_us) END AS end_latest_us,
      count(DISTINCT m.end_kind) AS kinds, max(CASE WHEN closed THEN m.end_us END) AS closed_us,
      coalesce(max(CASE WHEN m.privileged THEN 1 END) = 1, false) AS privileged,
      min(m.first_ord) AS first_ord
  }
  WITH *, CASE WHEN kinds = 1 THEN members[0].end_kind WHEN closed_us >= end_us THEN 'closed' ELSE 'inferred' END AS end_kind,
    members[0] AS f, head([m IN members WHERE 'session' + substring(m.id, 6) = id]) AS named,
    all(m IN members WHERE 'dc_background' IN m.flags) AS background,
    COLLECT { UNWIND members AS m UNWIND m.flags AS v RETURN DISTINCT v ORDER BY v } AS flags
  CREATE (s:Session {id: id})-[:ON_HOST]->(h)
  SET s.whole_id = 'session' + substring(named.whole_id, 6),
    s.host = f.host, s.boot = f.boot, s.kind = f.session_kind, s.protocol = protocol,
    s.logon_types = COLLECT { UNWIND members AS m UNWIND m.logon_types AS v RETURN DISTINCT v ORDER BY v },
    s.package = f.package, s.class = f.class, s.outcome = f.outcome, s.failure_status = f.status,
    s.user = f.user, s.sid = f.sid, s.attempted_user = f.attempted_user,
    s.source_address = address, s.source_port = f.source_port, s.source_name = name,
    s.source_class = CASE WHEN address IS NULL AND f.source_class <> 'local' THEN 'unknown' ELSE f.source_class END,
    s.client_reported_address = f.client_reported_address, s.client_time_zone = f.client_time_zone, s.client_os = f.client_os,
    s.start_us = start_us, s.auth_us = auth_us, s.session_us = f.session_us, s.end_us = end_us,
    s.start_earliest_us = start_earliest_us, s.start_latest_us = start_latest_us,
    s.end_earliest_us = end_earliest_us, s.end_latest_us = end_latest_us,
    s.end_kind = end_kind,
    s.end_reason = CASE WHEN size(members) = 1 THEN f.end_reason WHEN end_kind = 'closed' THEN 'closed' WHEN end_kind = 'inferred' THEN 'last_activity' ELSE f.end_reason END,
    s.opened_by = f.opened_by,
    s.luids = COLLECT { UNWIND members AS m UNWIND m.luids AS v WITH collect(v) AS vs UNWIND range(0, size(vs) - 1) AS i WITH vs[i] AS v, min(i) AS i RETURN v ORDER BY i },
    s.byproduct_luids = COLLECT { UNWIND members AS m UNWIND m.byproduct_luids AS v RETURN DISTINCT v ORDER BY v },
    s.companion_luids = COLLECT { UNWIND members AS m UNWIND m.companion_luids AS v RETURN DISTINCT v ORDER BY v },
    s.local = f.local, s.connection = f.connection, s.privileged = privileged, s.restricted_admin = f.restricted_admin,
    s.credential_guard = f.credential_guard, s.outbound_user = f.outbound_user, s.ts_id = f.ts_id,
    s.accesses = [m IN members | coalesce(m.whole_id, m.id)],
    s.rule = CASE WHEN size(members) > 1 THEN 'R5.7' ELSE 'R5.3' END, s.first_ord = first_ord,
    s.hidden = CASE
      WHEN f.class IN ['machine', 'anonymous', 'service', 'system'] THEN f.class
      WHEN f.session_kind IN ['batch', 'service'] THEN f.session_kind
      WHEN background THEN 'dc_background'
      WHEN 'redirected_by_broker' IN flags THEN 'redirected'
      WHEN 'seen_at_dc_only' IN flags THEN 'seen_at_dc_only'
    END,
    s.flags = [], s.access_flags = flags, s.desk = f.desk, s.sam = f.sam, s.account = f.named, s.outbound_account = f.outbound_account, s.client_hours = f.client_hours,
    s.origin = coalesce(address, head([m IN members WHERE m.client IS NOT NULL | m.origin]), '-'),
    s.reached_us = CASE WHEN start_us IS NOT NULL THEN coalesce(auth_us, start_us) END
  WITH s, members
  UNWIND range(0, size(members) - 1) AS i
  WITH s, i, members[i] AS m
  CREATE (s)-[:OF {position: i}]->(m)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(id) AS sessions;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)
CALL (s) {
  CALL (s) {
    MATCH (s)-[:OF {position: 0}]->(:Access)-[:AS]->(u:User)
    CREATE (s)-[:OF_USER]->(u)
  }
  CALL (s) {
    MATCH (x:Address {id: s.source_address})
    CREATE (s)-[:FROM_ADDRESS]->(x)
  }
  CALL (s) {
    MATCH (s)-[:OF {position: 0}]->(:Access)-[:IN]->(t:LocalSession)
    CREATE (s)-[:IN]->(t)
  }
  CALL (s) {
    MATCH (s)-[:OF {position: 0}]->(:Access)-[:OVER]->(c:Connection)
    CREATE (s)-[:OVER]->(c)
  }
  CALL (s) {
    MATCH (s)-[:OF]->(:Access)-[:USES {part: 'own'}]->(l:LogonSession)
    WITH DISTINCT s, l
    CREATE (s)-[:USES]->(l)
  }
  MATCH (s)-[:OF]->(:Access)<-[p:PART_OF]-(e:Event)
  WITH s, e, p ORDER BY p.role, p.rule
  WITH s, e, head(collect(p)) AS p
  CREATE (e)-[:SOURCE_OF {role: p.role, rule: p.rule}]->(s)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS sessions
