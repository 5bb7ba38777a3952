// title:   Desktops that somebody watched
// asks:    Which desktops were watched or steered from another session, and which records say so?
// reads:   (:Session)-[:FLAGGED]->(:Flag)<-[:PROVES]-(:Event), (:User)<-[:OF_USER]-(:Session),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  RCM 20503, 20506, 20508, 20510
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, address, start_us, end_us, time_us, event_id, event
// limits:  help desks shadow with the user's consent; the record names the desktop, not always who
//          watched
// see:     https://attack.mitre.org/techniques/T1113/
MATCH (f:Flag)<-[:FLAGGED]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE f.flag = 'shadowed' AND NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL)
MATCH (e:Event)-[:PROVES]->(f)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, e.time_us AS time_us, e.event_id AS event_id, e.id AS event
ORDER BY time_us, session, event
