// title:   Failure runs: consecutive failed attempts from one source, shown as one
// asks:    Which failed attempts belong together, whose passwords were tried, and in which pattern?
// reads:   (:Session)-[:OF]->(:Access), (:Access)-[:SAME_ATTEMPT]->(:Access)
// writes:  (:Session)-[:IN_RUN]->(:FailureRun)-[:AT_HOST|FROM_ADDRESS]->()
// events:  those of failed sessions
// param:   hosts texts = null ; ids of hosts to derive; null for all
// param:   failure_us int = 60000000 ; gap that splits a run; microseconds
// param:   failure_max_us int = 86400000000 ; one run lasts no longer; microseconds
// param:   mistype_us int = 120000000 ; a success this soon makes a few failures a mistype; microseconds
// returns: runs
// limits:  an attacker who waits longer than the gap makes several runs; attempts that only a controller saw make runs of their own
// see:     rule R5.6
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:AT_HOST]-(f:FailureRun)
CALL (f) {
  DETACH DELETE f
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(f) AS runs;

UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE s.outcome IN ['failed', 'denied'] AND s.start_us IS NOT NULL
WITH h, s, a, 'seen_at_dc_only' IN s.access_flags AS at_dc
WHERE NOT at_dc OR NOT EXISTS { (a)-[:SAME_ATTEMPT]->(:Access) }
WITH h, at_dc, s, a ORDER BY s.start_us, coalesce(s.whole_id, s.id)
WITH h, at_dc, s.kind AS kind, s.origin AS origin, collect({s: s, a: a, at: s.start_us}) AS xs
WITH h, at_dc, kind, origin, xs, [i IN range(0, size(xs) - 1) WHERE i = 0 OR xs[i].at - xs[i - 1].at > $failure_us] + [size(xs)] AS cuts
UNWIND range(0, size(cuts) - 2) AS k
UNWIND range(cuts[k], cuts[k + 1] - 1) AS i
WITH h, at_dc, kind, origin, k, (xs[i].at - xs[cuts[k]].at) / CASE WHEN $failure_max_us > 1 THEN $failure_max_us ELSE 1 END AS day, xs[i] AS x
ORDER BY x.at, coalesce(x.s.whole_id, x.s.id)
WITH h, at_dc, kind, origin, k, day, collect(x) AS members
CALL (h, at_dc, kind, origin, members) {
  CALL (members) {
    UNWIND members AS x
    WITH x.a.tried AS label, coalesce(x.a.user, x.a.attempted_user) AS user
    WHERE label IS NOT NULL
    WITH label, count(*) AS n, min(user) AS user ORDER BY n DESC, label
    RETURN collect(user) AS users, collect(n) AS times, percentileCont(n, 0.5) AS median
  }
  CALL (members) {
    UNWIND members AS x
    WITH x.a.status_key AS label, x.s.failure_status AS status
    WHERE label IS NOT NULL
    WITH label, count(*) AS n, min(status) AS status ORDER BY n DESC, label
    RETURN collect(status) AS statuses, collect(n) AS counts
  }
  WITH *, size(members) AS n, members[0].at AS first_us, members[-1].at AS last_us, members[0].s AS s, members[0].a AS a,
    datetime({epochSeconds: 0}) + duration({microseconds: members[0].at}) AS d
  WITH *, n <= 3 AND NOT at_dc AND EXISTS {
    UNWIND members AS x
    MATCH (w:Session)
    WHERE w.origin = origin AND w.reached_us >= last_us AND w.reached_us <= last_us + $mistype_us AND w.host = s.host
      AND w.outcome IN ['established', 'authenticated', 'authenticated_no_shell'] AND NOT 'seen_at_dc_only' IN w.access_flags
      AND (coalesce(x.s.sid = w.sid, false) OR (w.user IS NOT NULL AND x.a.sam = w.sam))
  } AS mistype,
    'failures|' + s.host + '|' + kind + '|' + replace(replace(coalesce(s.source_address, a.client, '-'), '%', '%25'), '|', '%7C') + '|'
      + right('000' + toString(d.year), 4) + '-' + right('0' + toString(d.month), 2) + '-' + right('0' + toString(d.day), 2)
      + 'T' + right('0' + toString(d.hour), 2) + ':' + right('0' + toString(d.minute), 2) + ':' + right('0' + toString(d.second), 2)
      + '.' + right('00000' + toString(d.microsecond), 6) + 'Z' AS id
  CREATE (f:FailureRun {id: CASE WHEN at_dc OR size(id) > 1500 THEN left(id, 200) + '…' + s.id ELSE id END})-[:AT_HOST]->(h)
  SET f.whole_id = CASE WHEN at_dc OR size(id) > 1500 THEN id END, f.at_controller = CASE WHEN at_dc THEN true END,
    f.host = s.host, f.kind = kind, f.source_address = s.source_address, f.source_class = s.source_class,
    f.source_name = head([x IN members WHERE x.s.source_name IS NOT NULL | x.s.source_name]),
    f.count = n, f.first_us = first_us, f.last_us = last_us,
    f.users_user = users, f.users_count = times, f.statuses_code = statuses, f.statuses_count = counts,
    f.pattern = CASE
      WHEN size(users) >= 5 AND median <= 3 THEN 'spray'
      WHEN n >= 10 THEN 'bruteforce'
      WHEN mistype THEN 'mistype'
      ELSE 'other'
    END,
    f.rule = 'R5.6', f.origin = origin
  WITH f, s, id, at_dc, members
  CALL (f, s) {
    MATCH (x:Address {id: s.source_address})
    CREATE (f)-[:FROM_ADDRESS]->(x)
  }
  UNWIND members AS x
  WITH f, id, at_dc, x.s AS s
  CREATE (s)-[:IN_RUN {rule: 'R5.6'}]->(f)
  SET s.failure_run = CASE WHEN NOT at_dc THEN id END
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(k) AS runs
