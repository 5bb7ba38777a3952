// title:   A network that an account seldom comes from
// asks:    From which networks did an account of at least $min_sessions sessions get in with at
//          most $max_percent percent of them?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_sessions int = 10 ; sessions of the account with an address
// param:   max_percent int = 10 ; the network's share of them, in percent
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, range, addresses, hosts, sessions, all_sessions, first_us, last_us
// limits:  networks are /24 and /64 unless the setting ranges names others; an intruder who comes
//          often is not rare
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:FROM_ADDRESS]->(a:Address)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND a.range IS NOT NULL
WITH u, a.range AS range, collect(s) AS found
MATCH (u)<-[:OF_USER]-(o:Session)-[:FROM_ADDRESS]->(b:Address)
WHERE NOT o.outcome IN ['failed', 'denied'] AND ($hidden OR o.hidden IS NULL) AND b.range IS NOT NULL
WITH u, range, found, count(o) AS all_sessions
WHERE all_sessions >= $min_sessions AND size(found) * 100 <= all_sessions * $max_percent
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS sessions, min(s.start_us) AS first_us, max(s.start_us) AS last_us
}
CALL (found) {
 UNWIND found AS s
 WITH DISTINCT s.source_address AS name
 ORDER BY name
 RETURN collect(name) AS addresses
}
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:ON_HOST]->(h:Host)
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
RETURN u.name AS user, range, addresses, hosts, sessions, all_sessions, first_us, last_us
ORDER BY first_us, range, user
