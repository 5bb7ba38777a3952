// title:   From outside, after a time of coming from inside only
// asks:    Which account came from an external address for the first time, after at least
//          $min_internal sessions from inside or at a desk?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_internal int = 2 ; earlier sessions from internal addresses or at the host itself
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, address, session, host, kind, start_us, internal_sessions, since_us,
//          external_sessions
// limits:  a new home office; the organisation's own public networks look external unless the
//          setting internal_ranges names them
// see:     https://attack.mitre.org/techniques/T1133/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:FROM_ADDRESS]->(a:Address)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_class = 'external' AND coalesce(a.class, 'external') <> 'internal'
WITH u, s
ORDER BY s.start_us, s.id
WITH u, collect(s)[0] AS s, count(s) AS external_sessions
MATCH (u)<-[:OF_USER]-(o:Session)
WHERE NOT o.outcome IN ['failed', 'denied'] AND ($hidden OR o.hidden IS NULL) AND o.start_us < s.start_us
OPTIONAL MATCH (o)-[:FROM_ADDRESS]->(b:Address)
WITH u, s, external_sessions, o, CASE WHEN o.source_class = 'external' AND b.class = 'internal' THEN 'internal' ELSE o.source_class END AS class
WHERE class IN ['internal', 'local']
WITH u, s, external_sessions, count(o) AS internal_sessions, min(o.start_us) AS since_us
WHERE internal_sessions >= $min_internal
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN coalesce(s.user, s.attempted_user) AS user, s.source_address AS address, s.id AS session, h.name AS host, s.kind AS kind, s.start_us AS start_us, internal_sessions, since_us, external_sessions
ORDER BY start_us, session
