// title:   Administrator's rights from outside
// asks:    Which sessions with administrator's rights came from an external address or through a
//          tunnel?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4; Security 4672
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_class, start_us, end_us
// limits:  administrators at home; without 4672 nobody is known to be privileged
// see:     https://attack.mitre.org/techniques/T1133/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.privileged
OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(a:Address)
WITH s, h, CASE WHEN s.source_class = 'external' AND a.class = 'internal' THEN 'internal' ELSE s.source_class END AS source_class
WHERE source_class IN ['external', 'tunnelled']
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, source_class, s.start_us AS start_us, s.end_us AS end_us
ORDER BY start_us, session
