// title:   What a desktop did while nobody was connected
// asks:    What was done on desktops after their user had disconnected, and from where had he
//          come?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  all that tell of something done: Security 4688, 4697, 4698, 5140; Sysmon 1; PowerShell
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, address, end_us, event_kind, count, processes, first_us, last_us
// limits:  programs that a user left running go on, scheduled tasks too. session is the last one
//          before the disconnect, never the next
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (e)-[d:DURING]->(s:Session)
WHERE d.while_disconnected AND ($hidden OR s.hidden IS NULL)
WITH s, e.kind AS event_kind, collect(e) AS found
CALL (found) {
 UNWIND found AS e
 RETURN count(e) AS count, min(e.time_us) AS first_us, max(e.time_us) AS last_us
}
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.process AS name
 ORDER BY name
 RETURN collect(name) AS processes
}
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.source_address AS address, s.end_us AS end_us, event_kind, count, processes, first_us, last_us
ORDER BY first_us, session, event_kind
