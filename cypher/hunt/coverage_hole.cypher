// title:   Holes in a log while somebody was on
// asks:    Which logs have a hole, or begin, while somebody was, or may have been, on the host?
// reads:   (:Coverage)-[:ON]->(:Host)<-[:ON_HOST]-(:Session), (:User)<-[:OF_USER]-(:Session)
// events:  gaps in record ids, Security 1102, System 104, 1100, 6005 and 6006
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: host, channel, from_us, to_us, cause, session, user, kind, address, start_us, end_us
// limits:  a service stops at every shutdown, and a session without a known end may have been
//          over; what happened in a hole no record of that channel can say. cause begins_here: the
//          oldest record of the Security log is younger than the session
// see:     https://attack.mitre.org/techniques/T1070/001/
MATCH (c:Coverage)-[:ON]->(h:Host)
WITH h, c
ORDER BY c.channel, c.first_us, c.last_us, c.broken_by
WITH h, c.channel AS channel, collect(c) AS parts
UNWIND range(-1, size(parts) - 2) AS i
WITH h, channel, CASE WHEN i < 0 THEN null ELSE parts[i] END AS before, parts[i + 1].first_us AS to_us
WHERE to_us > before.last_us OR (before IS NULL AND toLower(channel) = 'security')
WITH h, channel, before.last_us AS from_us, to_us, coalesce(before.broken_by, 'begins_here') AS cause
MATCH (s:Session)-[:ON_HOST]->(h)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.start_us < to_us AND (s.end_us IS NULL OR s.end_us > coalesce(from_us, to_us))
RETURN h.name AS host, channel, from_us, to_us, cause, s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us
ORDER BY from_us, host, channel, session
