// title:   Processes without a desktop
// asks:    Which sessions over the network, WinRM, WMI or SSH started processes, and which?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4688, Sysmon 1
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, process_count, processes, command_lines,
//          first_us, last_us
// limits:  management software does so all day; without process auditing there is nothing to see
// see:     https://attack.mitre.org/techniques/T1047/
MATCH (e:Event)-[:DURING]->(s:Session)
WHERE e.kind IN ['security_4688', 'sysmon_1'] AND s.kind IN ['network', 'winrm', 'wmi', 'ssh'] AND ($hidden OR s.hidden IS NULL)
WITH s, collect(e) AS found
CALL (found) {
 UNWIND found AS e
 RETURN count(e) AS process_count, min(e.time_us) AS first_us, max(e.time_us) AS last_us
}
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.process AS name
 ORDER BY name
 RETURN collect(name) AS processes
}
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.command_line AS name
 ORDER BY name
 RETURN collect(name) AS command_lines
}
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, process_count, processes, command_lines, first_us, last_us
ORDER BY first_us, session
