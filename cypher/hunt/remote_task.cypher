// title:   Scheduled tasks made from afar
// asks:    Which scheduled tasks did a session that came over the network create or change?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4698, 4702; TaskScheduler 106, 140
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, task, event_kind, session, user, kind, address, method, confidence,
//          event
// limits:  management software does so. Who registered a task is not who it runs as
// see:     https://attack.mitre.org/techniques/T1053/005/
MATCH (e:Event)-[d:DURING]->(s:Session)
WHERE e.kind IN ['security_4698', 'security_4702', 'tasks_106', 'tasks_140'] AND s.source_address IS NOT NULL AND ($hidden OR s.hidden IS NULL)
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN e.time_us AS time_us, h.name AS host, e.object AS task, e.kind AS event_kind, s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.source_address AS address, d.method AS method, d.confidence AS confidence, e.id AS event
ORDER BY time_us, event, session
