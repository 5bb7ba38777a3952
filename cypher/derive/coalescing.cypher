// title:   Which accesses are one session: network logons of one user and source within minutes
// asks:    Which session is each access of, and of which kind is that?
// reads:   (:Access)-[:ON]->(:Host)
// writes:  (:Access {source, session, session_kind})
// events:  Security 4624 types 3, 8 through their accesses, after moments
// param:   hosts texts = null ; ids of hosts to derive; null for all
// param:   burst_us int = 5000000 ; network logons this close are one burst; microseconds
// param:   network_us int = 300000000 ; idle gap that splits a session; microseconds
// param:   network_max_us int = 86400000000 ; one session lasts no longer; microseconds
// returns: accesses
// limits:  two people who share an account and an address are one session here
// see:     rule R5.7
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
CALL (a) {
  SET a.source = a.source_address, a.session = 'session' + substring(a.id, 6), a.session_kind = a.kind,
    a.joins = CASE WHEN a.kind IN ['network', 'winrm', 'wmi', 'ssh', 'cleartext'] AND a.reached = 'established' AND a.opened_by = 'logon' AND a.local IS NULL THEN true END
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(a) AS accesses;

// A logon without an address takes that of an addressed one of its user with the same LogonGuid.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
WHERE a.joins AND a.logon_guid IS NOT NULL
WITH h, a ORDER BY coalesce(a.start_us, a.first_us), a.id
WITH h, a.boot AS boot, a.who AS who, a.logon_guid AS guid, head(collect(a.source_address)) AS found, collect(CASE WHEN a.source_address IS NULL THEN a END) AS lost
WHERE found IS NOT NULL AND size(lost) > 0
UNWIND lost AS a
CALL (a, found) {
  SET a.source = found
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(a) AS accesses;

// … or of the nearest within a burst: of two as near, the earlier.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
WHERE a.joins
WITH h, a.boot AS boot, a.who AS who, coalesce(a.start_us, a.first_us) AS at, min(a.source_address) AS address, collect(CASE WHEN a.source_address IS NULL THEN a END) AS lost
ORDER BY at
WITH h, boot, who, collect({at: at, address: address, lost: lost}) AS xs
WHERE any(x IN xs WHERE size(x.lost) > 0) AND any(x IN xs WHERE x.address IS NOT NULL)
WITH xs, [i IN range(0, size(xs) - 1) WHERE xs[i].address IS NOT NULL] AS known
UNWIND range(-1, size(known) - 1) AS k
WITH xs, CASE WHEN k >= 0 THEN xs[known[k]] END AS back, CASE WHEN k + 1 < size(known) THEN xs[known[k + 1]] END AS ahead,
  CASE WHEN k >= 0 THEN known[k] ELSE 0 END AS lo, CASE WHEN k + 1 < size(known) THEN known[k + 1] ELSE size(xs) END AS hi
UNWIND range(lo, hi - 1) AS i
WITH xs[i] AS x, back, ahead
UNWIND x.lost AS a
WITH a, x.at - back.at AS since, ahead.at - x.at AS until, back.address AS before, ahead.address AS after
WITH a, CASE WHEN since <= $burst_us AND (until IS NULL OR since <= until) THEN before WHEN until <= $burst_us THEN after END AS found
WHERE found IS NOT NULL AND a.source IS NULL
CALL (a, found) {
  SET a.source = found
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(a) AS accesses;

// Bursts, the kind of each, and sessions of bursts of one kind.
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
WHERE a.joins
WITH h, a, coalesce(a.start_us, a.first_us) AS at
ORDER BY at, coalesce(a.whole_id, a.id)
WITH h, a.boot AS boot, a.who AS who, coalesce(a.source, '-') AS source, collect({
  a: a, at: at, guid: a.logon_guid,
  last: reduce(high = at, v IN [coalesce(a.end_us, a.last_seen_us, at)] | CASE WHEN v > high THEN v ELSE high END),
  rank: CASE WHEN a.kind <> 'network' OR a.protocol IS NOT NULL THEN CASE a.kind WHEN 'winrm' THEN 0 WHEN 'wmi' THEN 1 WHEN 'ssh' THEN 2 WHEN 'cleartext' THEN 3 ELSE 4 END END
}) AS xs
CALL (xs) {
  WITH xs, [i IN range(0, size(xs) - 1) WHERE i = 0 OR (xs[i].at - xs[i - 1].at > $burst_us AND NOT coalesce(xs[i].guid = xs[i - 1].guid, false))] AS cuts
  UNWIND range(0, size(cuts) - 1) AS k
  UNWIND range(cuts[k], coalesce(cuts[k + 1], size(xs)) - 1) AS i
  WITH coalesce(xs[i].guid, '-' + toString(k)) AS shared, min(k) AS low, collect([k, i]) AS members
  UNWIND members AS m
  WITH m[0] AS k, min(low) AS burst, collect(m[1]) AS members
  UNWIND members AS i
  WITH burst, i ORDER BY i
  WITH burst, collect(i) AS members
  RETURN collect({burst: burst, members: members, start: xs[members[0]].at, first: members[0],
    last: reduce(high = xs[members[0]].last, i IN members | CASE WHEN xs[i].last > high THEN xs[i].last ELSE high END),
    rank: reduce(low = null, i IN members | CASE WHEN low IS NULL OR xs[i].rank < low THEN xs[i].rank ELSE low END)}) AS loose
}
CALL (loose) { UNWIND loose AS b WITH b ORDER BY b.start, b.burst RETURN collect(b) AS bursts }
CALL (bursts) { UNWIND bursts AS b WITH b.last AS v ORDER BY v RETURN collect(v) AS ends }
WITH xs, bursts, [i IN range(0, size(bursts) - 1) WHERE i = 0 OR bursts[i].start - ends[i - 1] > $network_us] + [size(bursts)] AS cuts,
  [i IN range(0, size(bursts) - 1) WHERE bursts[i].rank < 2] AS lent
CALL (bursts, cuts, lent) {
  UNWIND range(0, size(cuts) - 2) AS k
  WITH bursts, cuts[k] AS lo, cuts[k + 1] AS hi, [i IN lent WHERE i >= cuts[k] AND i < cuts[k + 1]] AS lenders
  UNWIND range(-1, size(lenders) - 1) AS k
  UNWIND range(CASE WHEN k < 0 THEN lo ELSE lenders[k] END, coalesce(lenders[k + 1], hi) - 1) AS i
  WITH i, coalesce(bursts[i].rank, bursts[lenders[CASE WHEN k < 0 THEN 0 ELSE k END]].rank, 4) AS kind
  ORDER BY bursts[i].start, bursts[i].first
  RETURN kind, collect(i) AS places
}
CALL (bursts, places) { UNWIND places AS i WITH bursts[i].last AS v ORDER BY v RETURN collect(v) AS ends }
WITH xs, bursts, kind, places, [j IN range(0, size(places) - 1) WHERE j = 0 OR bursts[places[j]].start - ends[j - 1] > $network_us] + [size(places)] AS cuts
CALL (xs, bursts, places, cuts) {
  UNWIND range(0, size(cuts) - 2) AS k
  UNWIND range(cuts[k], cuts[k + 1] - 1) AS j
  WITH k, bursts[places[j]] AS b, bursts[places[cuts[k]]].start AS begun
  WITH k, (b.start - begun) / CASE WHEN $network_max_us > 1 THEN $network_max_us ELSE 1 END AS day, b.members AS members
  UNWIND members AS i
  WITH k, day, min(i) AS first, collect(i) AS members
  RETURN first, members
}
WITH xs[first].a AS named, ['winrm', 'wmi', 'ssh', 'cleartext', 'network'][kind] AS kind, [i IN members | xs[i].a] AS members
CALL (named, kind, members) {
  UNWIND members AS a
  SET a.session = 'session' + substring(named.id, 6), a.session_kind = kind
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(named) AS accesses
