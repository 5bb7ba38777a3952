// title:   One local account, several hosts, one source
// asks:    Which local accounts of the same name were used from one address on at least $min_hosts
//          hosts?
// reads:   (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_hosts int = 2 ; hosts
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: account, address, host_count, hosts, kinds, sessions, first_us, last_us
// limits:  one local password everywhere makes it possible, for administrators as for those who
//          pass its hash; LAPS ends it. A local account is one whose realm is the host's own name
// see:     https://attack.mitre.org/techniques/T1550/002/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_address IS NOT NULL AND s.user IS NOT NULL
WITH s, h, split(toLower(s.user), '\\') AS parts, split(toLower(h.name), '.')[0] AS short
WHERE size(parts) = 2 AND parts[0] = short
WITH parts[1] AS account, s.source_address AS address, count(DISTINCT h) AS host_count, collect(s) AS found
WHERE host_count >= $min_hosts
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
 WITH DISTINCT s.kind AS name
 ORDER BY name
 RETURN collect(name) AS kinds
}
RETURN account, address, host_count, hosts, kinds, sessions, first_us, last_us
ORDER BY host_count DESC, account, address
