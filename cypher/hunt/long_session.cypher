// title:   Longer than a person stays awake
// asks:    Which sessions lasted at least $hours hours?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   hours float = 16.0 ; from start to end
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, end_us, end_kind, end_reason, hours
// limits:  desktops left open, services, file servers. end_kind inferred: nobody saw it end, look
//          at its bounds; sessions without an end are not here but in open_session
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.end_us - s.start_us >= toInteger($hours * 3600000000)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, s.end_kind AS end_kind, s.end_reason AS end_reason, (s.end_us - s.start_us) / 3600000000 AS hours
ORDER BY hours DESC, start_us, session
