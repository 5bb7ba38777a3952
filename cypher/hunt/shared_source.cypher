// title:   One source address, several accounts
// asks:    From which addresses did at least $min_users different accounts get in?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_users int = 3 ; accounts, not sessions
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: address, class, user_count, users, hosts, sessions, first_us, last_us
// limits:  jump hosts, proxies, NAT and the organisation's scanners; one administrator with
//          several accounts
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:OF_USER]->(u:User)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL)
WITH a, count(DISTINCT u) AS user_count, collect(s) AS found
WHERE user_count >= $min_users
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS sessions, min(s.start_us) AS first_us, max(s.start_us) AS last_us
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
 MATCH (s)-[:ON_HOST]->(h:Host)
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
RETURN a.address AS address, a.class AS class, user_count, users, hosts, sessions, first_us, last_us
ORDER BY user_count DESC, address
