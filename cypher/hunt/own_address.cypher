// title:   An address of one account's own, seldom used
// asks:    From which addresses did one account alone get in, in at most $max_percent percent of
//          its sessions?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   max_percent int = 20 ; the address's share of the account's sessions, in percent
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, address, class, sessions, all_sessions, hosts, first_us, last_us
// limits:  addresses that DHCP or a provider gave out anew; an intruder who comes often is no
//          outlier; an account of few sessions has no share so small
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:OF_USER]->(u:User)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL)
WITH a, count(DISTINCT u) AS user_count, collect(DISTINCT u)[0] AS u, collect(s) AS found
WHERE user_count = 1
MATCH (u)<-[:OF_USER]-(o:Session)
WHERE NOT o.outcome IN ['failed', 'denied'] AND ($hidden OR o.hidden IS NULL)
WITH a, u, found, count(o) AS all_sessions
WHERE size(found) * 100 <= all_sessions * $max_percent
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
RETURN u.name AS user, a.address AS address, a.class AS class, sessions, all_sessions, hosts, first_us, last_us
ORDER BY first_us, address
