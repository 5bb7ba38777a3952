// title:   Services installed from afar
// asks:    Which services did a session that came over the network install?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4697, System 7045
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, service, image, session, user, kind, address, method, confidence, event
// limits:  deployment and monitoring install services, too. System 7045 names no logon: its
//          session is found by the Security record beside it or by time, see method and confidence
// see:     https://attack.mitre.org/techniques/T1569/002/
MATCH (e:Event)-[d:DURING]->(s:Session)
WHERE e.kind IN ['security_4697', 'services_7045'] AND s.source_address IS NOT NULL AND ($hidden OR s.hidden IS NULL)
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN e.time_us AS time_us, h.name AS host, e.object AS service, e.detail AS image, s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.source_address AS address, d.method AS method, d.confidence AS confidence, e.id AS event
ORDER BY time_us, event, session
