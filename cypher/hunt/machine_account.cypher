// title:   A machine's account at a desktop or shell
// asks:    Which accounts whose name ends in $ had a desktop or a shell?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// returns: session, user, host, kind, address, class, start_us, end_us, flags
// limits:  a machine logs on to networks and starts services, never a desktop; some software makes
//          accounts with such names. Flag dollar_user: the account was made by a person in these
//          logs
// see:     https://attack.mitre.org/techniques/T1136/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE s.user ENDS WITH '$' AND NOT s.outcome IN ['failed', 'denied'] AND s.kind IN ['console', 'rdp', 'ssh', 'winrm']
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.class AS class, s.start_us AS start_us, s.end_us AS end_us, s.flags AS flags
ORDER BY start_us, session
