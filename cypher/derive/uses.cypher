// title:   Who used which place when, in hours in which something began
// asks:    In which hours did an account get in here, of how many elsewhere, and was it known by then?
// reads:   (:Session)-[:IN_GROUP]->(:Group), (:Host)
// writes:  (:Group {hours, came_us, came_host, log_begins_us, hours_of_user, places_of_user, places_before, days_before, new_for_user})
// events:  those of the sessions
// param:   failed texts = null ; outcomes of an attempt that did not get in
// param:   background texts = null ; hidden sessions that still tell where an account usually is
// returns: groups
// limits:  what was before a host's log begins, nobody knows; a burst of a thousand logons is one hour
// see:     graphsess/across/uses.py
MATCH (g:Group)
CALL (g) {
  MATCH (g)<-[:IN_GROUP]-(s:Session)
  WHERE (s.hidden IS NULL OR s.hidden IN $background) AND NOT s.outcome IN $failed
  WITH g, s, coalesce(s.start_us, s.start_latest_us) AS at
  ORDER BY at, coalesce(s.whole_id, s.id)
  WITH g, min(at) AS came_us, head(collect(s)) AS first, collect(DISTINCT (at - (at % 3600000000 + 3600000000) % 3600000000) / 3600000000) AS hours
  MATCH (first)-[:ON_HOST]->(h:Host)
  SET g.came_us = came_us, g.came_host = first.host, g.hours = hours, g.log_begins_us = h.first_us
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(g) AS groups;

// What the account did elsewhere; a place counts as known before this one if it came there earlier.
MATCH (g:Group)
WHERE g.came_us IS NOT NULL
WITH g ORDER BY g.came_us, g.id
WITH g.account_key AS account, g.by AS by, collect(g) AS gs
CALL (gs) {
  UNWIND gs AS g
  UNWIND g.hours AS hour
  RETURN collect(DISTINCT (hour - (hour % 24 + 24) % 24) / 24) AS days
}
CALL (gs) {
  UNWIND gs AS g
  RETURN sum(size(g.hours)) AS total
}
UNWIND range(0, size(gs) - 1) AS i
WITH account, by, gs[i].came_us AS at, days, total, size(gs) AS places, min(i) AS before, collect(gs[i]) AS some
CALL (some, days, total, places, before) {
  UNWIND some AS g
  WITH *, coalesce((g.log_begins_us - (g.log_begins_us % 86400000000 + 86400000000) % 86400000000) / 86400000000, 0) AS begin,
    (g.hours[0] - (g.hours[0] % 24 + 24) % 24) / 24 AS came
  WITH *, size([day IN days WHERE begin <= day AND day < came]) AS since
  SET g.hours_of_user = total, g.places_of_user = places, g.places_before = before, g.days_before = since,
    g.new_for_user = since > 0 AND g.hidden IS NULL
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(some) AS groups
