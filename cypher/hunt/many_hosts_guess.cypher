// title:   One address that failed on several hosts
// asks:    From which address did attempts fail on at least $min_hosts hosts within $hours hours?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4625, 4768, 4771, 4776; RdpCoreTS 140; OpenSSH 4; SMBServer 551
// param:   min_hosts int = 3 ; hosts
// param:   hours float = 24.0 ; length of the window
// returns: address, host_count, hosts, users, attempts, first_us, last_us
// limits:  scanners and monitoring of the organisation. One row an address, its fullest window.
//          Windows of that length begin every half of it: what lies within half a window is found
//          together, a longer burst may be cut.
// see:     https://attack.mitre.org/techniques/T1110/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE s.outcome IN ['failed', 'denied'] AND (s.hidden IS NULL OR s.hidden = 'seen_at_dc_only') AND NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) } AND s.start_us IS NOT NULL
WITH a, h, s, s.start_us / toInteger($hours * 1800000000) AS slot
UNWIND [slot - 1, slot] AS half
WITH a, half, count(DISTINCT h) AS host_count, collect(s) AS found
WHERE host_count >= $min_hosts
WITH a, host_count, found
ORDER BY host_count DESC, half
WITH a, collect(host_count)[0] AS host_count, collect(found)[0] AS found
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS attempts, min(s.start_us) AS first_us, max(s.start_us) AS last_us
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
RETURN a.address AS address, host_count, hosts, users, attempts, first_us, last_us
ORDER BY host_count DESC, address
