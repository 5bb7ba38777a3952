// title:   What acts are mapped to: sessions and desktops from record to record, and who was at a host when
// asks:    Which records of a host lie in which session, and whose desktops and sessions were open there?
// reads:   (:Event)-[:SOURCE_OF]->(:Session)-[:IN]->(:LocalSession), (:Session)-[:OF]->(:Access)
// writes:  (:Event:Activity), (:LocalSession {from_ord, to_ord}), (:Session {from_ord, to_ord, seat, …}), (:Stay)-[:AT_HOST]->(:Host)
// events:  those of the sessions, and every event that tells of an act
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: rows
// limits:  order is that of the host's records, so that a clock that was set changes nothing
// see:     rules R5.3, R7.2, R7.3
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:AT_HOST]-(x:Stay)
CALL (x) {
  DETACH DELETE x
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(x) AS rows;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e.activity IS NOT NULL AND e.time_us IS NOT NULL
CALL (e) {
  SET e:Activity
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS rows;

// An end without a record of its own lies at the last record of the boot that is no later.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(t:LocalSession)
CALL (h, t) {
  CALL (t) {
    OPTIONAL MATCH (e:Event)
    WHERE e.time_us <= CASE WHEN t.end_ord IS NULL THEN t.end_us END AND e.host = t.host AND e.boot = t.boot
    RETURN e.ord AS by_time ORDER BY e.time_us DESC, e.ord DESC LIMIT 1
  }
  WITH h, t, CASE WHEN t.start_us IS NOT NULL THEN coalesce(t.start_ord, -1) ELSE -1 END AS begin,
    coalesce(CASE WHEN t.end_us IS NOT NULL THEN coalesce(t.end_ord, by_time) END, 4611686018427387904) AS end
  SET t.at_host = h.id, t.from_ord = begin, t.to_ord = CASE WHEN end < begin THEN begin ELSE end END
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(t) AS rows;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON_HOST]-(s:Session)
CALL (s) {
  WITH s, coalesce(s.session_us, s.auth_us, s.start_us) AS begin_us
  CALL (s, begin_us) {
    OPTIONAL MATCH (e:Event)-[:SOURCE_OF]->(s)
    RETURN min(CASE WHEN e.time_us = begin_us THEN e.ord END) AS first, max(CASE WHEN e.time_us = s.end_us THEN e.ord END) AS last
  }
  CALL (s, last) {
    OPTIONAL MATCH (e:Event)
    WHERE e.time_us <= CASE WHEN last IS NULL THEN s.end_us END AND e.host = s.host AND e.boot = s.boot
    RETURN e.ord AS by_time ORDER BY e.time_us DESC, e.ord DESC LIMIT 1
  }
  WITH s, CASE WHEN begin_us IS NOT NULL THEN coalesce(first, s.first_ord) ELSE -1 END AS begin,
    coalesce(last, by_time, 4611686018427387904) AS end
  SET s.from_ord = begin, s.to_ord = CASE WHEN end < begin THEN begin ELSE end END
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS rows;

// Who was attached to a desktop, one after the other.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON_HOST]-(s:Session)-[:IN]->(t:LocalSession)
WHERE s.outcome IN ['established', 'authenticated'] OR (NOT coalesce(t.established, false) AND NOT s.outcome IN ['failed', 'denied'])
WITH t, s ORDER BY s.from_ord, s.first_ord, coalesce(s.whole_id, s.id)
WITH t, collect(s) AS ss
CALL (t, ss) {
  UNWIND range(0, size(ss) - 1) AS i
  WITH t, ss[i] AS s, CASE WHEN i > 0 THEN ss[i - 1].id END AS before, ss[i + 1] AS after
  SET s.seat = t.id, s.seat_to_ord = t.to_ord, s.seat_before = before, s.seat_after = after.id,
    s.seat_after_us = coalesce(after.session_us, after.auth_us, after.start_us)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(t) AS rows;

// `reach` bounds how long before a record a stay may have begun, so that an index finds those that hold it.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(t:LocalSession)
WHERE t.established
CALL (h, t) {
  UNWIND [['desk', ''], ['sid', t.sid], ['sam', t.account]] AS k
  WITH h, t, k, t.to_ord - t.from_ord AS length
  WHERE k[1] IS NOT NULL
  CREATE (x:Stay {id: 'stay|' + k[0] + '|' + t.id})-[:AT_HOST]->(h)
  SET x.host = h.id, x.boot = t.boot, x.key = k[0] + ' ' + left(k[1], 200), x.from_ord = t.from_ord, x.to_ord = t.to_ord,
    x.reach = coalesce(head([r IN [16, 256, 4096, 65536, 1048576] WHERE length <= r]), 4611686018427387904),
    x.local = t.id, x.sid = t.sid, x.sam = t.account, x.realm = t.realm
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(t) AS rows;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON_HOST]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE (s.seat IS NOT NULL AND s.class = 'user')
  OR (s.local IS NULL AND s.hidden IS NULL AND s.outcome IN ['established', 'authenticated'] AND s.user IS NOT NULL)
CALL (h, s, a) {
  UNWIND CASE WHEN s.local IS NOT NULL THEN [['seat', '']] ELSE [['sid', s.sid], ['sam', a.account]] END AS k
  WITH h, s, a, k, s.to_ord - s.from_ord AS length
  WHERE k[1] IS NOT NULL
  CREATE (x:Stay {id: 'stay|' + k[0] + '|' + s.id})-[:AT_HOST]->(h)
  SET x.host = h.id, x.boot = s.boot, x.key = k[0] + ' ' + left(k[1], 200), x.from_ord = s.from_ord, x.to_ord = s.to_ord,
    x.reach = coalesce(head([r IN [16, 256, 4096, 65536, 1048576] WHERE length <= r]), 4611686018427387904),
    x.local = s.seat, x.session = s.id, x.sid = s.sid, x.sam = a.account, x.realm = a.realm
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS rows
