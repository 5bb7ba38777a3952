// title:   Why a group stands out: each reason with its points and the counts that it says
// asks:    How many times rarer is what this account did here than what is usual, and in what?
// reads:   (:Session)-[:IN_GROUP]->(:Group), (:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(:Session), (:Coverage), (:Address {shared})
// writes:  (:Group {users_of_area, hosts_at_once, reasons, points, seen, of, outlier_score})
// events:  those of the sessions of the group and, for what is usual, of the whole case
// param:   reasons texts = null ; every reason, in the order in which equal points are told
// param:   rarity map = null ; least points of a reason, and up to what a count is usual anywhere
// param:   ways map = null ; classes of source that are told even where most are, each with its least points
// param:   flagged map = null ; flags that are reasons, each with its points
// param:   logged texts = null ; channels that tell of every logon, so that their silence is one
// param:   failed texts = null ; outcomes of an attempt that did not get in
// param:   background texts = null ; hidden sessions that still tell where an account usually is
// returns: groups
// limits:  usual is what the case shows: a case of one day, or of the intrusion only, knows little; two people who share an account are one
// see:     graphsess/across/reasons.py
MATCH (g:Group)
CALL (g) {
  SET g.users_of_area = null, g.hosts_at_once = null, g.outlier_score = 0, g.reasons = [], g.points = [], g.seen = [], g.of = []
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// The account came here first on a later day; of: the places that it had come to by then.
MATCH (g:Group)
WHERE g.hidden IS NULL AND g.days_before > 0
WITH g, g.days_before AS seen, g.places_before AS of
WITH g, seen, of, toInteger(floor(log(toFloat(seen + 1) / CASE WHEN of > 1 THEN of ELSE 1 END) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen, of) {
  SET g.reasons = g.reasons + 'new_for_user', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Hours here, of the account's hours: rarer than if it used all its places alike.
MATCH (g:Group)
WHERE g.hidden IS NULL AND g.came_us IS NOT NULL
WITH g, size(g.hours) AS seen, g.hours_of_user AS of, g.places_of_user AS k
WITH g, seen, of, toInteger(floor(log(toFloat(of + k) / ((seen + 1) * k)) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen, of) {
  SET g.reasons = g.reasons + 'rare_for_user', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Accounts of the range (of the host), of all accounts: fewer than the median group's has.
MATCH (g:Group)
WHERE g.came_us IS NOT NULL AND coalesce(g.source_range, g.host) IS NOT NULL
WITH g.by AS by, coalesce(g.source_range, g.host) AS area, collect(g) AS gs, count(DISTINCT g.account_key) AS seen
CALL (gs, seen) {
  UNWIND gs AS g
  SET g.users_of_area = seen
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(gs) AS groups;

UNWIND ['address', 'range', 'host'] AS by
CALL (by) {
  MATCH (g:Group {by: by})
  WHERE g.users_of_area IS NOT NULL
  RETURN count(DISTINCT g.account_key) AS of, percentileDisc(g.users_of_area, 0.5) AS middle
}
MATCH (g:Group {by: by})
WHERE g.hidden IS NULL AND g.users_of_area IS NOT NULL
WITH g, g.users_of_area AS seen, of, toInteger(floor(log(toFloat(middle + 1) / (g.users_of_area + 1)) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen, of) {
  SET g.reasons = g.reasons + 'few_users', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Nobody at all came from here to that host before; seen: days it was used; of: from where.
MATCH (g:Group)<-[:IN_GROUP]-(s:Session)
WHERE g.by <> 'host' AND (s.hidden IS NULL OR s.hidden IN $background) AND NOT s.outcome IN $failed
WITH g, s.host AS host, coalesce(s.start_us, s.start_latest_us) AS at
WITH g, host, min(at) AS at, collect(DISTINCT (at - (at % 86400000000 + 86400000000) % 86400000000) / 86400000000) AS days
WITH g.by AS by, g.place AS place, host, min(at) AS at, collect(days) AS days, collect(CASE WHEN g.hidden IS NULL AND g.came_host = host AND g.came_us = at THEN g END) AS came
WITH by, host, at, place, days, [g IN came WHERE g.came_us = at] AS came
ORDER BY at, place
WITH by, host, collect({at: at, came: came, days: days}) AS places
CALL (places) { UNWIND places AS p UNWIND p.days AS some UNWIND some AS day RETURN collect(DISTINCT day) AS days }
CALL (places) { UNWIND range(0, size(places) - 1) AS i WITH places[i].at AS at, min(i) AS of, collect(places[i].came) AS some RETURN collect({at: at, of: of, some: some}) AS firsts }
CALL (firsts, days) {
  UNWIND firsts AS f
  WITH f, size([day IN days WHERE 0 <= day AND day < (f.at - (f.at % 86400000000 + 86400000000) % 86400000000) / 86400000000]) AS seen
  WHERE seen > 0
  UNWIND f.some AS came
  UNWIND came AS g
  WITH g, seen, f.of AS of, toInteger(floor(log(toFloat(seen + 1) / CASE WHEN f.of > 1 THEN f.of ELSE 1 END) * 10 + 0.5)) AS points
  WHERE points >= $rarity.least
  SET g.reasons = g.reasons + 'nobody_before', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 10 ROWS
RETURN count(firsts) AS groups;

// From an external address, or through a tunnel; how often that is, among all hours with a known source.
UNWIND ['address', 'range', 'host'] AS by
CALL (by) {
  MATCH (g:Group {by: by})
  CALL (g) {
    MATCH (g)<-[:IN_GROUP]-(s:Session)
    WHERE s.known_class IN ['internal', 'external', 'tunnelled'] AND (s.hidden IS NULL OR s.hidden IN $background) AND NOT s.outcome IN $failed
    WITH s.known_class AS class, coalesce(s.start_us, s.start_latest_us) AS at
    RETURN class, count(DISTINCT (at - (at % 3600000000 + 3600000000) % 3600000000) / 3600000000) AS n
  }
  WITH class, sum(n) AS n
  RETURN collect({class: class, n: n}) AS counts
}
UNWIND keys($ways) AS way
WITH by, way, reduce(n = 0, c IN counts | n + c.n) AS of, reduce(n = 0, c IN counts | n + CASE WHEN c.class = way THEN c.n ELSE 0 END) AS seen
WITH by, of, way, seen, toInteger(floor(log(toFloat(of + 2) / (seen + 1)) * 10 + 0.5)) AS counted
WITH by, of, way, seen, CASE WHEN counted > $ways[way] THEN counted ELSE $ways[way] END AS points
MATCH (g:Group {by: by})
WHERE g.hidden IS NULL AND points >= $rarity.least AND EXISTS { (g)<-[:IN_GROUP]-(s:Session) WHERE s.hidden IS NULL AND s.known_class = way }
CALL (g, way, points, seen, of) {
  SET g.reasons = g.reasons + way, g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Failed attempts of runs that one of the group's sessions followed, a mistype left out.
MATCH (f:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(s:Session)-[:IN_GROUP]->(g:Group)
WHERE s.hidden IS NULL AND NOT coalesce(f.wider, f.pattern) IN ['mistype', 'stale_credential']
MATCH (s)-[:OF {position: 0}]->(a:Access)
WHERE coalesce(f.wider, f.pattern) <> 'other' OR EXISTS { (f)<-[:IN_RUN]-(:Session)-[:OF {position: 0}]->(t:Access) WHERE t.tried = a.tried }
WITH DISTINCT g, f
WITH g, sum(f.count) AS seen
WITH g, seen, toInteger(floor(log(seen + 1) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen) {
  SET g.reasons = g.reasons + 'failures_then_success', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + 0
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Failed attempts, more than usual; where a success followed them, that says it.
UNWIND ['address', 'range', 'host'] AS by
CALL (by) {
  MATCH (g:Group {by: by})
  WHERE g.hidden IS NULL
  RETURN percentileDisc(g.failures, 0.5) AS middle
}
CALL (by, middle) {
  MATCH (g:Group {by: by})
  WHERE g.hidden IS NULL
  RETURN percentileDisc(abs(g.failures - middle), 0.5) AS spread
}
MATCH (g:Group {by: by})
WHERE g.hidden IS NULL AND NOT 'failures_then_success' IN g.reasons
WITH g, g.failures AS seen, toInteger(floor(middle + $rarity.sigmas * spread)) AS usual
WITH g, seen, CASE WHEN usual > $rarity.mistyped THEN usual ELSE $rarity.mistyped END AS of
WITH g, seen, of, toInteger(floor(log(toFloat(seen + 1) / (of + 1)) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen, of) {
  SET g.reasons = g.reasons + 'many_failures', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Accounts tried or used from the address, more than usual; not where it is shared.
CALL () {
  MATCH (g:Group {by: 'address'})
  WHERE g.hidden IS NULL AND g.source_address IS NOT NULL
  WITH g.place AS place, count(g) AS seen
  RETURN percentileDisc(seen, 0.5) AS middle
}
CALL (middle) {
  MATCH (g:Group {by: 'address'})
  WHERE g.hidden IS NULL AND g.source_address IS NOT NULL
  WITH g.place AS place, count(g) AS seen, middle
  RETURN percentileDisc(abs(seen - middle), 0.5) AS spread
}
WITH toInteger(floor(middle + $rarity.sigmas * spread)) AS usual
WITH CASE WHEN usual > $rarity.accounts_of_one THEN usual ELSE $rarity.accounts_of_one END AS of
MATCH (g:Group {by: 'address'})
WHERE g.hidden IS NULL AND g.source_address IS NOT NULL
WITH g.place AS place, of, collect(g) AS gs, count(g) AS seen
WITH place, of, gs, seen, toInteger(floor(log(toFloat(seen) / of) * 10 + 0.5)) AS points
WHERE points >= $rarity.least AND NOT EXISTS { MATCH (x:Address {id: place}) WHERE x.shared }
CALL (gs, points, seen, of) {
  UNWIND gs AS g
  SET g.reasons = g.reasons + 'many_users', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 100 ROWS
RETURN count(gs) AS groups;

// Hosts reached from here within one hour (or the half of two), more than usual.
MATCH (g:Group)
WHERE g.by <> 'host' AND g.hidden IS NULL
CALL (g) {
  MATCH (g)<-[:IN_GROUP]-(s:Session)
  WHERE s.hidden IS NULL
  UNWIND [0, 1800000000] AS shift
  WITH g, s.host AS host, shift, coalesce(s.start_us, s.start_latest_us) + shift AS at
  WITH g, shift, (at - (at % 3600000000 + 3600000000) % 3600000000) / 3600000000 AS hour, count(DISTINCT host) AS hosts
  WITH g, max(hosts) AS most
  SET g.hosts_at_once = most
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(g) AS groups;

UNWIND ['address', 'range'] AS by
CALL (by) {
  MATCH (g:Group {by: by})
  RETURN percentileDisc(g.hosts_at_once, 0.5) AS middle
}
CALL (by, middle) {
  MATCH (g:Group {by: by})
  RETURN percentileDisc(abs(g.hosts_at_once - middle), 0.5) AS spread
}
MATCH (g:Group {by: by})
WHERE g.hosts_at_once IS NOT NULL
WITH g, g.hosts_at_once AS seen, toInteger(floor(middle + $rarity.sigmas * spread)) AS usual
WITH g, seen, CASE WHEN usual > $rarity.hosts_at_once THEN usual ELSE $rarity.hosts_at_once END AS of
WITH g, seen, of, toInteger(floor(log(toFloat(seen) / of) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
CALL (g, points, seen, of) {
  SET g.reasons = g.reasons + 'many_hosts', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Hours of the day at which the account is elsewhere seldom; an hour counts with its neighbours.
MATCH (g:Group)
WHERE g.came_us IS NOT NULL
WITH g.account_key AS account, g.by AS by, collect(g) AS gs
CALL (gs) {
  UNWIND gs AS g
  UNWIND g.hours AS hour
  WITH collect((hour % 24 + 24) % 24) AS hs
  RETURN [o IN range(0, 23) | size([h IN hs WHERE h = o])] AS every
}
CALL (gs, every) {
  UNWIND gs AS g
  WITH g, every, size(g.hours) AS n, g.hours_of_user - size(g.hours) AS of, [hour IN g.hours | (hour % 24 + 24) % 24] AS hs
  WHERE g.hidden IS NULL AND of >= $rarity.known_hours
  WITH g, n, of, [o IN range(0, 23) | size([h IN hs WHERE h = o])] AS own, every
  WITH g, n, of, reduce(near = 0, o IN range(0, 23) | near + own[o] * (
    every[(o + 23) % 24] - own[(o + 23) % 24] + every[o] - own[o] + every[(o + 1) % 24] - own[(o + 1) % 24])) AS near
  WITH g, near / n AS seen, of, toInteger(floor(log(toFloat((of + 8) * n) / (8 * (near + n))) * 10 + 0.5)) AS points
  WHERE points >= $rarity.least
  SET g.reasons = g.reasons + 'unusual_hours', g.points = g.points + points, g.seen = g.seen + seen, g.of = g.of + of
} IN TRANSACTIONS OF 100 ROWS
RETURN count(gs) AS groups;

// Days of silence of the account before it came back here, where one log of that host covers them all.
MATCH (g:Group {by: 'host'})
WHERE g.came_us IS NOT NULL
WITH g.account_key AS account, collect(g) AS gs
CALL (gs) {
  UNWIND gs AS g
  UNWIND g.hours AS hour
  WITH DISTINCT (hour - (hour % 24 + 24) % 24) / 24 AS day
  ORDER BY day
  RETURN collect(day) AS days
}
UNWIND range(1, size(days) - 1) AS i
WITH gs, days, i, days[i] - days[i - 1] AS seen
WHERE seen >= $rarity.dormant_days
WITH gs, days[i - 1] * 86400000000 AS before, days[i] * 86400000000 AS day, seen,
  reduce(most = $rarity.silent_days, j IN range(1, i - 1) | CASE WHEN days[j] - days[j - 1] > most THEN days[j] - days[j - 1] ELSE most END) AS of
CALL (gs, before, day) {
  UNWIND gs AS g
  MATCH (g)<-[:IN_GROUP]-(s:Session)
  WHERE (s.hidden IS NULL OR s.hidden IN $background) AND NOT s.outcome IN $failed
  WITH s, coalesce(s.start_us, s.start_latest_us) AS at, before, day
  WHERE before <= at AND at < day + 86400000000
  WITH s, at, day ORDER BY at, coalesce(s.whole_id, s.id)
  RETURN max(CASE WHEN at < day THEN at END) AS since_us, head(collect(CASE WHEN at >= day THEN s END)) AS back
}
MATCH (back)-[:IN_GROUP]->(g:Group)
WHERE g.hidden IS NULL AND EXISTS {
  MATCH (back)-[:ON_HOST]->(:Host)<-[:ON]-(c:Coverage)
  WHERE c.channel IN $logged AND c.first_us <= since_us AND c.last_us >= coalesce(back.start_us, back.start_latest_us)
}
WITH g, seen, of, toInteger(floor(log(toFloat(seen) / of) * 10 + 0.5)) AS points
WHERE points >= $rarity.least
WITH g, seen, of, points ORDER BY points DESC, seen DESC, of
WITH g, head(collect({points: points, seen: seen, of: of})) AS best
CALL (g, best) {
  SET g.reasons = g.reasons + 'dormant', g.points = g.points + best.points, g.seen = g.seen + best.seen, g.of = g.of + best.of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// Sessions of the group that bear a flag.
MATCH (s:Session)-[:IN_GROUP]->(g:Group)
WHERE s.hidden IS NULL
UNWIND [flag IN s.flags WHERE $flagged[flag] >= $rarity.least] AS flag
WITH flag, g, count(s) AS seen
CALL (flag, g, seen) {
  SET g.reasons = g.reasons + flag, g.points = g.points + $flagged[flag], g.seen = g.seen + seen, g.of = g.of + 0
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups;

// The weightiest first; the score is the sum.
MATCH (g:Group)
WHERE size(g.reasons) > 0
CALL (g) {
  CALL (g) {
    UNWIND range(0, size(g.reasons) - 1) AS i
    WITH i, g.points[i] AS points, head([k IN range(0, size($reasons) - 1) WHERE $reasons[k] = g.reasons[i]]) AS rank
    ORDER BY points DESC, rank
    RETURN collect(i) AS places, sum(points) AS score
  }
  WITH g, score, [i IN places | g.reasons[i]] AS reasons, [i IN places | g.points[i]] AS points, [i IN places | g.seen[i]] AS seen, [i IN places | g.of[i]] AS of
  SET g.outlier_score = score, g.reasons = reasons, g.points = points, g.seen = seen, g.of = of
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(g) AS groups
