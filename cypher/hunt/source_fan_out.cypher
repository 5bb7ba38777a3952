// title:   One address into several hosts within the hour
// asks:    From which addresses were at least $min_hosts hosts entered within $hours hours?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_hosts int = 3 ; hosts
// param:   hours float = 1.0 ; length of the window
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: address, host_count, hosts, users, kinds, sessions, first_us, last_us
// limits:  jump hosts, management servers, NAT. One row an address, its fullest window. Windows of
//          that length begin every half of it: what lies within half a window is found together, a
//          longer burst may be cut.
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.start_us IS NOT NULL
WITH a, h, s, s.start_us / toInteger($hours * 1800000000) AS slot
UNWIND [slot - 1, slot] AS half
WITH a, half, count(DISTINCT h) AS host_count, collect(s) AS found
WHERE host_count >= $min_hosts
WITH a, host_count, found
ORDER BY host_count DESC, half
WITH a, collect(host_count)[0] AS host_count, collect(found)[0] AS found
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS sessions, min(s.start_us) AS first_us, max(s.start_us) AS last_us
}
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:ON_HOST]->(h:Host)
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:OF_USER]->(u:User)
 WITH DISTINCT u.name AS name
 ORDER BY name
 RETURN collect(name) AS users
}
CALL (found) {
 UNWIND found AS s
 WITH DISTINCT s.kind AS name
 ORDER BY name
 RETURN collect(name) AS kinds
}
RETURN a.address AS address, host_count, hosts, users, kinds, sessions, first_us, last_us
ORDER BY host_count DESC, address
