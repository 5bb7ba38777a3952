// title:   Whose doing is what runs under a logon: a desktop's, or a session's without one
// asks:    On which desktop does a token live, or which session is it?
// reads:   (:LogonSession)<-[:USES]-(:Access)<-[:OF]-(:Session), (:LogonSession)-[:BELONGS_TO|BYPRODUCT_OF]->()
// writes:  (:LogonSession {acts_at, acts_in, acts_weak}), (:Session {sole_logon})
// events:  those that tell of the logon, through what resolving made of them
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: logons
// limits:  a logon inside another one takes its owner where it has none of its own, for one step
// see:     rules R7.1(1), R2.5
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(l:LogonSession)
CALL (h, l) {
  SET l.at_host = h.id
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(l) AS logons;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(l:LogonSession)
CALL (h, l) {
  CALL (l) {
    OPTIONAL MATCH (l)<-[u:USES]-(:Access)<-[:OF]-(s:Session)
    WHERE u.part IN ['own', 'byproduct']
    RETURN s ORDER BY u.part = 'byproduct', s.first_ord, coalesce(s.whole_id, s.id) LIMIT 1
  }
  OPTIONAL MATCH (l)-[:BELONGS_TO]->(t:LocalSession)
  OPTIONAL MATCH (l)-[:BYPRODUCT_OF]->(b:LocalSession)
  WITH h, l, s.id AS direct, CASE WHEN l.byproduct_of IS NULL THEN t.id WHEN s IS NULL THEN coalesce(b.id, t.id) END AS local
  SET l.acts_in = direct, l.acts_at = local,
    l.acts_weak = l.luid <= 999 OR (local IS NULL AND direct IS NULL AND coalesce(l.class IN ['system', 'service'], false))
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(l) AS logons;

// The other half of a UAC pair, or the logon that asked for this one, does it for this one.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(l:LogonSession)
WHERE l.acts_at IS NULL AND l.acts_in IS NULL AND l.luid > 999
OPTIONAL MATCH (l)-[:BYPRODUCT_OF]->(i:LogonSession)
OPTIONAL MATCH (o:LogonSession)
WHERE o.at_host = h.id AND o.boot = l.boot
  AND o.luid = coalesce(l.linked_luid, CASE WHEN l.role IN ['application', 'elevation', 'runas', 'netonly'] THEN l.actor_luid END)
WITH l, coalesce(i.acts_at, o.acts_at) AS local, coalesce(i.acts_in, o.acts_in) AS direct
WHERE local IS NOT NULL OR direct IS NOT NULL
WITH collect([l, local, direct]) AS helped
UNWIND helped AS x
WITH x[0] AS l, x[1] AS local, x[2] AS direct
CALL (l, local, direct) {
  SET l.acts_at = local, l.acts_in = direct, l.acts_weak = false
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(l) AS logons;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(l:LogonSession)
WHERE l.acts_at IS NULL AND l.acts_in IS NOT NULL
WITH l.acts_in AS session, count(l) AS n, min(coalesce(l.whole_id, l.id)) AS sole
WHERE n = 1
CALL (session, sole) {
  MATCH (s:Session {id: session})
  SET s.sole_logon = sole
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(sole) AS logons
