// title:   A service's account at a desktop or shell
// asks:    Which accounts that run services or batch jobs also had a desktop or a shell?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4; Security 4624 types 4 and 5
// returns: session, user, host, kind, address, start_us, end_us, unattended_sessions,
//          unattended_on
// limits:  administrators who run a task as themselves; accounts shared between people and jobs
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(o:Session)
WHERE NOT o.outcome IN ['failed', 'denied'] AND o.kind IN ['batch', 'service']
WITH u, collect(o) AS unattended
MATCH (u)<-[:OF_USER]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND s.kind IN ['console', 'rdp', 'ssh', 'winrm']
CALL (unattended) {
 UNWIND unattended AS o
 MATCH (o)-[:ON_HOST]->(g:Host)
 WITH DISTINCT g.name AS name
 ORDER BY name
 RETURN collect(name) AS unattended_on
}
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, size(unattended) AS unattended_sessions, unattended_on
ORDER BY start_us, session
