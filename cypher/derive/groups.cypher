// title:   Groups: the sessions of one account from one address, from one range, on one host
// asks:    How often did an account come from here, by which names and ways, and when first and last?
// reads:   (:Session {account_key})-[:FROM_ADDRESS]->(:Address)
// writes:  (:Session {known_class})-[:IN_GROUP]->(:Group {by, account_key, place, user, sessions, failures, hosts, first_us, …})
// events:  those of the sessions
// param:   classes texts = null ; a group whose sessions have several classes bears the first of these
// param:   failed texts = null ; outcomes of an attempt that did not get in
// returns: groups
// limits:  a group with a session that is shown counts those alone; see uses and reasons for what stands out
// see:     graphsess/across/groups.py
MATCH (g:Group)
CALL (g) {
  DETACH DELETE g
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// An address that a host of the case had is not external.
MATCH (s:Session)
CALL (s) {
  OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(x:Address)
  SET s.known_class = CASE WHEN s.source_class = 'external' AND x.class = 'internal' THEN 'internal' ELSE s.source_class END
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(s) AS groups;

MATCH (s:Session)
WHERE s.account_key IS NOT NULL AND coalesce(s.start_us, s.start_latest_us) IS NOT NULL
OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(x:Address)
WITH s, x, coalesce(s.source_address, CASE WHEN s.source_class = 'local' THEN 'local' ELSE '-' END) AS address
ORDER BY s.id
UNWIND [{by: 'address', at: address}, {by: 'range', at: coalesce(x.range, address)}, {by: 'host', at: s.host}] AS p
WITH s.account_key AS account, p.by AS by, p.at AS place, collect(s) AS members
CALL (account, by, place, members) {
  WITH *, 'group|' + by + '|' + replace(replace(account, '%', '%25'), '|', '%7C') + '|' + replace(replace(place, '%', '%25'), '|', '%7C') AS id
  CREATE (g:Group {id: CASE WHEN size(id) > 1500 THEN left(id, 200) + '…' + members[0].id ELSE id END})
  SET g.whole_id = CASE WHEN size(id) > 1500 THEN id END, g.by = by, g.account_key = account, g.place = place
  WITH g, members
  UNWIND members AS s
  CREATE (s)-[:IN_GROUP]->(g)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(place) AS groups;

MATCH (g:Group)
CALL (g) {
  WITH g, EXISTS { (g)<-[:IN_GROUP]-(o:Session) WHERE o.hidden IS NULL } AS judged
  CALL (g, judged) {
    MATCH (g)<-[:IN_GROUP]-(s:Session)
    WHERE s.hidden IS NULL OR NOT judged
    OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(x:Address)
    WITH s, x, s.outcome IN $failed AS failed, coalesce(s.start_us, s.start_latest_us) AS at,
      coalesce(head([i IN range(0, size($classes) - 1) WHERE $classes[i] = s.known_class]), size($classes) - 1) AS class
    RETURN min(s.sid) AS sid, min(s.source_address) AS address, min(x.range) AS range,
      count(CASE WHEN NOT failed THEN 1 END) AS sessions, count(CASE WHEN failed THEN 1 END) AS failures,
      collect(DISTINCT s.source_address) AS addresses, collect(DISTINCT s.host) AS hosts, collect(DISTINCT s.kind) AS kinds,
      min(class) AS class, min(at) AS first_us, max(at) AS last_us, min(s.hidden) AS hidden
  }
  CALL (g, judged) {
    MATCH (g)<-[:IN_GROUP]-(s:Session)
    WHERE (s.hidden IS NULL OR NOT judged) AND coalesce(s.user, s.attempted_user) IS NOT NULL
    WITH coalesce(s.user, s.attempted_user) AS user, count(*) AS n
    ORDER BY n DESC, user
    RETURN head(collect(user)) AS user
  }
  SET g.user = user, g.sid = sid, g.source_class = $classes[class], g.sessions = sessions, g.failures = failures,
    g.source_address = CASE WHEN g.by = 'address' THEN address END, g.source_range = CASE WHEN g.by <> 'host' THEN range END,
    g.host = CASE WHEN g.by = 'host' THEN g.place END,
    g.addresses = COLLECT { UNWIND addresses AS v RETURN v ORDER BY v },
    g.hosts = COLLECT { UNWIND hosts AS v RETURN v ORDER BY v },
    g.kinds = COLLECT { UNWIND kinds AS v RETURN v ORDER BY v },
    g.first_us = first_us, g.last_us = last_us, g.hidden = hidden, g.new_for_user = false,
    g.outlier_score = 0, g.reasons = [], g.points = [], g.seen = [], g.of = [], g.rule = 'groups'
} IN TRANSACTIONS OF 500 ROWS
RETURN count(g) AS groups
