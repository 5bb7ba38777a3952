// title:   Whose doing each process is: its own logon's, its desktop's, or who made the system start it
// asks:    Who is behind what the system runs: the service or task that was made before, and by whom?
// reads:   (:Process)-[:CHILD_OF]->(:Process), (:LogonSession {acts_at, acts_in}), (:Activity {session}) of who made services and tasks
// writes:  (:Process {acts_at, acts_in, acts_by, …})-[:RUNS_UNDER]->(:LogonSession), (:Event)-[:CAUSED_BY {method, confidence, session, local}]->(:Activity)
// events:  Security 4697, System 7045 install a service; Security 4698, 4702 write a task, TaskScheduler 129, 200 run it
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: rows
// limits:  a service that is started later by hand has no known cause; a tree is followed for eight generations
// see:     rule R7.1(1)-(4)
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(p:Process)
CALL (p) {
  OPTIONAL MATCH (l:LogonSession)
  WHERE l.at_host = p.at_host AND l.boot = p.boot AND l.luid = p.token
  CALL (p) {
    OPTIONAL MATCH (t:LocalSession)
    WHERE t.at_host = p.at_host AND t.boot = p.boot AND t.ts_id = p.desk_number AND t.from_ord <= p.ord AND t.established
    RETURN CASE WHEN p.ord <= t.to_ord THEN t.id END AS desk ORDER BY t.from_ord DESC, t.id DESC LIMIT 1
  }
  WITH p, l, desk, coalesce(NOT l.acts_weak, false) AS strong
  SET p.acts_by = CASE WHEN strong THEN 'luid' WHEN desk IS NOT NULL THEN 'ts_id' WHEN l IS NOT NULL THEN 'luid' END,
    p.acts_confidence = CASE WHEN strong THEN 100 WHEN desk IS NOT NULL THEN 90 WHEN l IS NOT NULL THEN 100 END,
    p.acts_at = CASE WHEN strong THEN l.acts_at ELSE desk END, p.acts_in = CASE WHEN strong THEN l.acts_in END
  FOREACH (x IN CASE WHEN l IS NULL THEN [] ELSE [l] END | CREATE (p)-[:RUNS_UNDER]->(x))
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(p) AS rows;

// A 7045, or the task scheduler's own record, beside the Security event of the same act: the nearest within 5 s.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e.object_key IS NOT NULL AND e.time_us IS NOT NULL AND NOT e.kind IN ['tasks_129', 'tasks_200', 'tasks_100']
WITH h, e ORDER BY e.ord
WITH h, e.boot AS boot, e.object_key AS name, e.kind IN ['services_7045', 'security_4697'] AS service,
  collect(CASE WHEN e.kind IN ['security_4697', 'security_4698', 'security_4702', 'security_4699'] THEN e END) AS told,
  collect(CASE WHEN e.kind IN ['services_7045', 'tasks_106', 'tasks_140', 'tasks_141'] THEN e END) AS seen
WHERE size(told) > 0
UNWIND seen AS e
CALL (e, told, service) {
  UNWIND [x IN told WHERE abs(x.time_us - e.time_us) <= 5000000] AS m
  WITH e, m, service ORDER BY abs(m.time_us - e.time_us), m.ord LIMIT 1
  WITH e, m, service, coalesce(m.session IS NOT NULL AND m.method <> 'time', false) AS known
  CREATE (e)-[:CAUSED_BY {method: CASE WHEN service THEN 'service' ELSE 'task' END, confidence: CASE WHEN m.confidence < 80 THEN m.confidence ELSE 80 END,
    session: CASE WHEN known THEN m.session END, local: CASE WHEN known THEN m.local END}]->(m)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(e) AS rows;

// A run of a task: the last one who wrote it before, of whichever boot.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e.kind IN ['security_4698', 'security_4702', 'tasks_129', 'tasks_200', 'tasks_100'] AND e.object_key IS NOT NULL AND e.time_us IS NOT NULL
WITH h, e ORDER BY e.ord
WITH h, e.object_key AS name, collect(e) AS xs
WITH xs, [i IN range(0, size(xs) - 1) WHERE xs[i].kind IN ['security_4698', 'security_4702']] AS wrote
UNWIND range(0, size(wrote) - 1) AS k
WITH xs[wrote[k]] AS m, xs[wrote[k] + 1 .. coalesce(wrote[k + 1], size(xs))] AS runs
UNWIND runs AS e
CALL (e, m) {
  WITH e, m, coalesce(m.session IS NOT NULL AND m.method <> 'time', false) AS known,
    CASE WHEN e.time_us - m.time_us > 86400000000 THEN 40 ELSE 60 END AS fresh
  CREATE (e)-[:CAUSED_BY {method: 'task', confidence: CASE WHEN m.confidence < fresh THEN m.confidence ELSE fresh END,
    session: CASE WHEN known THEN m.session END, local: CASE WHEN known THEN m.local END}]->(m)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(e) AS rows;

// What services.exe started within 30 s of the installation of a service whose file it runs.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(m:Activity)
WHERE m.kind IN ['security_4697', 'services_7045'] AND m.service_file IS NOT NULL AND m.session IS NOT NULL AND m.method <> 'time'
WITH DISTINCT h, m
MATCH (p:Process)
WHERE p.at_host = h.id AND p.boot = m.boot AND p.time_us >= m.time_us - 2000000 AND p.time_us <= m.time_us + 30000000
  AND p.image = m.service_file AND coalesce(p.parent_file = 'services.exe', true) AND p.acts_at IS NULL AND p.acts_in IS NULL
WITH p, m ORDER BY coalesce(m.target_luid, m.actor_luid) IS NULL, abs(m.time_us - p.time_us), m.ord
WITH p, head(collect(m)) AS m
CALL (p, m) {
  CREATE (p)-[:CAUSED_BY {method: 'service', confidence: CASE WHEN m.confidence < 80 THEN m.confidence ELSE 80 END, session: m.session, local: m.local}]->(m)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(p) AS rows;

// What the scheduler started for a task: by the process number of 129, else by the file of 200.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(e:Event)
WHERE e.kind IN ['tasks_129', 'tasks_200', 'tasks_100']
WITH DISTINCT h, e
MATCH (e)-[c:CAUSED_BY]->(m:Activity)
WITH DISTINCT h, e, c, m
MATCH (p:Process)
WHERE p.at_host = h.id AND p.boot = e.boot AND p.time_us >= e.time_us - 2000000 AND p.time_us <= e.time_us + 2000000
  AND p.acts_at IS NULL AND p.acts_in IS NULL
WITH p, e, c, m, p.process_id = e.process_id AS by_number
WHERE by_number OR (p.parent_file IN ['svchost.exe', 'taskeng.exe', 'taskhostw.exe', 'taskhost.exe'] AND p.image = e.image)
WITH p, c, m ORDER BY coalesce(by_number, false) DESC, abs(p.time_us - e.time_us), m.ord
WITH p, head(collect([c, m])) AS best
WHERE best[0].session IS NOT NULL AND NOT EXISTS { (p)-[:CAUSED_BY {method: 'service'}]->(:Activity) }
WITH p, best[0] AS c, best[1] AS m
CALL (p, c, m) {
  CREATE (p)-[x:CAUSED_BY]->(m)
  SET x = properties(c)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(p) AS rows;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(p:Process)
CALL (p) {
  MATCH (p)-[c:CAUSED_BY]->(:Activity)
  SET p.acts_fixed = true, p.acts_in = c.session, p.acts_at = c.local, p.acts_by = c.method, p.acts_confidence = c.confidence
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(p) AS rows;

// What the system runs under a process that somebody started is that one's doing as well.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})
WITH DISTINCT h
MATCH (h)<-[:ON]-(p:Process)
WHERE p.acts_at IS NULL AND p.acts_in IS NULL
CALL (p) {
  MATCH path = (p)-[:CHILD_OF*1..8]->(q:Process)
  WHERE q.acts_above IS NULL AND (q.acts_at IS NOT NULL OR q.acts_in IS NOT NULL)
  WITH p, q, length(path) AS above ORDER BY above LIMIT 1
  SET p.acts_above = above, p.acts_at = q.acts_at, p.acts_in = q.acts_in, p.acts_fixed = q.acts_fixed,
    p.acts_by = CASE WHEN q.acts_by IN ['luid', 'ts_id'] THEN 'parent' ELSE q.acts_by END,
    p.acts_confidence = CASE WHEN q.acts_confidence < 80 THEN q.acts_confidence ELSE 80 END
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(p) AS rows
