// title:   The first time on a host
// asks:    When did an account that had been known for $history_hours hours first get into a host?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   history_hours float = 24.0 ; hours since the account's first session in the logs
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, host, session, kind, address, start_us, since_us, earlier_hosts, earlier_sessions
// limits:  what is new in the logs may be old in truth, and the shorter they reach the more is
//          new; new duties
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL)
WITH u, h, s
ORDER BY s.start_us, s.id
WITH u, h, collect(s)[0] AS s
MATCH (u)<-[:OF_USER]-(o:Session)-[:ON_HOST]->(g:Host)
WHERE NOT o.outcome IN ['failed', 'denied'] AND ($hidden OR o.hidden IS NULL) AND o.start_us < s.start_us
WITH u, h, s, min(o.start_us) AS since_us, count(DISTINCT g) AS earlier_hosts, count(o) AS earlier_sessions
WHERE s.start_us - since_us >= toInteger($history_hours * 3600000000)
RETURN coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.id AS session, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, since_us, earlier_hosts, earlier_sessions
ORDER BY start_us, session
