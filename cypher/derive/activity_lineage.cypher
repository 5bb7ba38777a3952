// title:   Processes: which records tell of the same one, how long it lived, and who started it
// asks:    Which program ran under which number when, and which one started it?
// reads:   (:Event)-[:ON]->(:Host)
// writes:  (:Event:Process {token, guid, ended_ord, …})-[:CHILD_OF]->(:Process)
// events:  Security 4688, Sysmon 1 begin one; Security 4689, Sysmon 5 end it
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: processes
// limits:  without 4689 a process lives until the next one of its number; a parent whose logged image differs from the found one is none
// see:     rule R7.1(2)
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e:Process OR e.object_key IS NOT NULL
CALL (e) {
  MATCH (e)-[r:CAUSED_BY|CHILD_OF|RUNS_UNDER]->()
  DELETE r
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS processes;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(p:Process)
CALL (p) {
  REMOVE p:Process
  SET p.at_host = null, p.token = null, p.guid = null, p.ended_ord = null, p.desk_number = null, p.parent_number = null, p.parent_file = null,
    p.acts_at = null, p.acts_in = null, p.acts_by = null, p.acts_fixed = null, p.acts_confidence = null, p.acts_above = null
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(p) AS processes;

// 4688 and Sysmon 1 within 2 s are one process; a third record of it begins a new row.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e.kind IN ['security_4688', 'sysmon_1', 'security_4689', 'sysmon_5'] AND e.process_id IS NOT NULL AND e.time_us IS NOT NULL
WITH h, e ORDER BY e.ord
WITH h, e.boot AS boot, e.process_id AS number, collect(e) AS xs
CALL (h, xs) {
  WITH h, xs, [i IN range(0, size(xs) - 1) WHERE xs[i].kind IN ['security_4688', 'sysmon_1']] AS at
  WITH h, xs, at, [j IN range(0, size(at) - 1) | j > 0 AND xs[at[j]].kind <> xs[at[j - 1]].kind
    AND coalesce(xs[at[j]].image = xs[at[j - 1]].image, false) AND abs(xs[at[j]].time_us - xs[at[j - 1]].time_us) <= 2000000] AS same
  WITH h, xs, at, [j IN range(0, size(at) - 1) WHERE NOT (same[j] AND NOT (j > 0 AND same[j - 1]))] AS firsts
  UNWIND range(0, size(firsts) - 1) AS k
  WITH h, xs, at, firsts[k] AS j, coalesce(firsts[k + 1], size(at)) AS next
  WITH h, xs[at[j]] AS p, CASE WHEN next - j > 1 THEN xs[at[j + 1]] END AS twin,
    head([x IN xs[at[j] + 1 .. coalesce(at[next], size(xs))] WHERE x.kind IN ['security_4689', 'sysmon_5'] | x.ord]) AS ended
  WITH h, p, twin, ended,
    CASE p.kind WHEN 'sysmon_1' THEN p.actor_luid ELSE p.target_luid END AS own,
    CASE twin.kind WHEN 'sysmon_1' THEN twin.actor_luid ELSE twin.target_luid END AS other
  SET p:Process, p.at_host = h.id, p.ended_ord = ended, p.guid = coalesce(p.process_guid, twin.process_guid),
    p.token = coalesce(CASE WHEN twin.kind = 'sysmon_1' THEN other END, own, other,
      CASE WHEN p.kind <> 'sysmon_1' THEN p.actor_luid END, CASE WHEN twin.kind <> 'sysmon_1' THEN twin.actor_luid END),
    p.desk_number = coalesce(p.ts_id, twin.ts_id), p.parent_number = coalesce(p.parent_id, twin.parent_id),
    p.parent_file = coalesce(p.parent_image, twin.parent_image)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(xs) AS processes;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(p:Process)
WHERE p.parent_number IS NOT NULL
CALL (p) {
  MATCH (q:Process)
  WHERE q.at_host = p.at_host AND q.boot = p.boot AND q.process_id = p.parent_number AND q.ord < p.ord
  WITH p, q ORDER BY q.ord DESC LIMIT 1
  WHERE coalesce(p.ord - 1 <= q.ended_ord, true) AND coalesce(q.image = p.parent_file, true)
  CREATE (p)-[:CHILD_OF]->(q)
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(p) AS processes
