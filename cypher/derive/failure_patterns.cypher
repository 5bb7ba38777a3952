// title:   What failure runs are together, over a day and all hosts
// asks:    Which runs are a slow spray, one account's attempts from many sources, or a stale password?
// reads:   (:Session)-[:IN_RUN]->(:FailureRun), (:Session)-[:OF]->(:Access)
// writes:  (:FailureRun {wider, wider_rule})
// events:  those of the runs' failed attempts
// param:   failure_us int = 60000000 ; a steady interval is longer; microseconds
// returns: runs
// limits:  behind one address may stand many people who mistype; a tool that waits as steadily as a service looks like one
// see:     rule R5.6
MATCH (f:FailureRun)
WHERE f.wider IS NOT NULL
CALL (f) {
  SET f.wider = null, f.wider_rule = null
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(f) AS runs;

// One account from one source of the organisation, at steady intervals, for over an hour.
MATCH (f:FailureRun {pattern: 'other'})<-[:IN_RUN]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE s.origin <> '-' AND s.source_class IN ['internal', 'local'] AND coalesce(s.sid, a.tried) IS NOT NULL
WITH s.origin AS origin, coalesce(s.sid, a.tried) AS account, s, f
ORDER BY s.start_us, coalesce(s.whole_id, s.id)
WITH origin, account, collect(s.start_us) AS times, collect(DISTINCT f) AS runs
WITH origin, collect({times: times, runs: runs}) AS accounts
WHERE size(accounts) < 5
UNWIND accounts AS x
WITH x.runs AS runs, x.times AS times, size(x.times) AS n
WHERE n >= 5 AND times[-1] - times[0] > 3600000000
WITH runs, [i IN range(1, n - 1) | times[i] - times[i - 1]] AS gaps
CALL (gaps) { UNWIND gaps AS g WITH g ORDER BY g WITH collect(g) AS gs RETURN gs[(size(gs) - 1) / 2] AS middle }
CALL (gaps, middle) { UNWIND gaps AS g WITH abs(g - middle) AS d ORDER BY d WITH collect(d) AS ds RETURN ds[(size(ds) - 1) / 2] AS spread }
WITH runs, middle, spread
WHERE middle > $failure_us AND spread * 10 <= middle
UNWIND runs AS f
CALL (f) {
  SET f.wider = 'stale_credential', f.wider_rule = 'R5.6'
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(f) AS runs;

// One source, five accounts within a day.
MATCH (f:FailureRun {pattern: 'other'})<-[:IN_RUN]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE f.wider IS NULL AND s.origin <> '-' AND coalesce(s.sid, a.tried) IS NOT NULL
WITH s.origin AS of, s.start_us / 86400000000 AS day, collect({at: s.start_us, other: coalesce(s.sid, a.tried), run: f}) AS xs
ORDER BY day
WITH of, collect({day: day, xs: xs}) AS days
UNWIND range(0, size(days) - 1) AS k
WITH days[k].xs AS today, CASE WHEN k > 0 AND days[k - 1].day = days[k].day - 1 THEN days[k - 1].xs ELSE [] END AS before
WITH today, today + before AS both
CALL (today, both) {
  UNWIND today AS x
  WITH DISTINCT x.at AS at, both
  CALL (at, both) {
    UNWIND both AS y
    WITH y, at WHERE y.at <= at AND y.at >= at - 86400000000
    RETURN count(DISTINCT y.other) AS many
  }
  WITH at, many WHERE many >= 5
  RETURN collect(at) AS full
}
WITH both, full WHERE size(full) > 0
UNWIND both AS y
WITH y, full WHERE any(at IN full WHERE y.at <= at AND y.at >= at - 86400000000)
WITH DISTINCT y.run AS f
CALL (f) {
  SET f.wider = 'slow_spray', f.wider_rule = 'R5.6'
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(f) AS runs;

// One account, five sources within a day.
MATCH (f:FailureRun {pattern: 'other'})<-[:IN_RUN]-(s:Session)-[:OF {position: 0}]->(a:Access)
WHERE f.wider IS NULL AND s.origin <> '-' AND coalesce(s.sid, a.tried) IS NOT NULL
WITH coalesce(s.sid, a.tried) AS of, s.start_us / 86400000000 AS day, collect({at: s.start_us, other: s.origin, run: f}) AS xs
ORDER BY day
WITH of, collect({day: day, xs: xs}) AS days
UNWIND range(0, size(days) - 1) AS k
WITH days[k].xs AS today, CASE WHEN k > 0 AND days[k - 1].day = days[k].day - 1 THEN days[k - 1].xs ELSE [] END AS before
WITH today, today + before AS both
CALL (today, both) {
  UNWIND today AS x
  WITH DISTINCT x.at AS at, both
  CALL (at, both) {
    UNWIND both AS y
    WITH y, at WHERE y.at <= at AND y.at >= at - 86400000000
    RETURN count(DISTINCT y.other) AS many
  }
  WITH at, many WHERE many >= 5
  RETURN collect(at) AS full
}
WITH both, full WHERE size(full) > 0
UNWIND both AS y
WITH y, full WHERE any(at IN full WHERE y.at <= at AND y.at >= at - 86400000000)
WITH DISTINCT y.run AS f
CALL (f) {
  SET f.wider = 'distributed', f.wider_rule = 'R5.6'
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(f) AS runs
