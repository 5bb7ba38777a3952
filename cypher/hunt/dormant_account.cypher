// title:   An account that was silent returns
// asks:    Which accounts got in again after at least $days days without any session?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   days float = 30.0 ; days since the end of the session before
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, last_session, last_us, days
// limits:  holidays; a hole in the logs is silence too: see `coverage`. last_us is the end of the
//          session before, or its start where the end is not known
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(s:Session)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.start_us IS NOT NULL
WITH u, s
ORDER BY s.start_us, s.id
WITH u, collect(s) AS mine
UNWIND range(1, size(mine) - 1) AS i
WITH u, mine[i] AS s, mine[i - 1] AS before
WITH u, s, before, CASE WHEN before.end_us > before.start_us THEN before.end_us ELSE before.start_us END AS last_us
WHERE s.start_us - last_us >= toInteger($days * 86400000000)
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, before.id AS last_session, last_us, (s.start_us - last_us) / 86400000000 AS days
ORDER BY start_us, session
