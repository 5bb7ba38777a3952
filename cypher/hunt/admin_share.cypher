// title:   Administrative shares, and what ran then
// asks:    Which sessions opened ADMIN$ or a drive's share, and what was started in them?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 5140, 5145; 4688, 4697, 4698, 4702; Sysmon 1; System 7045; TaskScheduler 106,
//          140
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, shares, files, first_us, last_us, ran
// limits:  administrators, backup, scanners; shares are logged only where file share auditing is
//          on. ran lists processes, or images of services, or tasks of the same session
// see:     https://attack.mitre.org/techniques/T1021/002/
MATCH (e:Event)-[:DURING]->(s:Session)
WHERE e.kind IN ['security_5140', 'security_5145'] AND ($hidden OR s.hidden IS NULL)
WITH s, e, split(toUpper(e.object), '\\')[-1] AS share
WHERE share = 'ADMIN$' OR (size(share) = 2 AND share ENDS WITH '$')
WITH s, collect(e) AS found
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.object AS name
 ORDER BY name
 RETURN collect(name) AS shares
}
CALL (found) {
 UNWIND found AS e
 RETURN count(DISTINCT e.detail) AS files, min(e.time_us) AS first_us, max(e.time_us) AS last_us
}
CALL (s) {
 MATCH (e:Event)-[:DURING]->(s)
 WHERE e.kind IN ['security_4688', 'security_4697', 'security_4698', 'security_4702', 'sysmon_1', 'services_7045', 'tasks_106', 'tasks_140']
 WITH DISTINCT coalesce(e.process, e.detail, e.object) AS name
 ORDER BY name
 RETURN collect(name) AS ran
}
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, shares, files, first_us, last_us, ran
ORDER BY first_us, session
