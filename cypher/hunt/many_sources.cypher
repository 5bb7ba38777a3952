// title:   One account, several source addresses
// asks:    Which accounts got in from at least $min_addresses addresses within $hours hours?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_addresses int = 3 ; addresses
// param:   hours float = 24.0 ; length of the window
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, address_count, addresses, hosts, sessions, first_us, last_us
// limits:  accounts of services and administrators; a host with IPv4 and IPv6 counts twice. One
//          row an account, its fullest window. Windows of that length begin every half of it: what
//          lies within half a window is found together, a longer burst may be cut.
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:FROM_ADDRESS]->(a:Address)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.start_us IS NOT NULL
WITH u, a, s, s.start_us / toInteger($hours * 1800000000) AS slot
UNWIND [slot - 1, slot] AS half
WITH u, half, count(DISTINCT a) AS address_count, collect(s) AS found
WHERE address_count >= $min_addresses
WITH u, address_count, found
ORDER BY address_count DESC, half
WITH u, collect(address_count)[0] AS address_count, collect(found)[0] AS found
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
RETURN u.name AS user, address_count, addresses, hosts, sessions, first_us, last_us
ORDER BY address_count DESC, user
