// title:   One client name, several accounts or addresses
// asks:    Which client computers, by the name they gave, came as at least $min_users accounts or
//          from at least $min_addresses addresses?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those in which clients name themselves: Security 4624 WorkstationName of network
//          logons, 4778, 4779; LSM and RDP client names
// param:   min_users int = 2 ; accounts
// param:   min_addresses int = 2 ; addresses
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: client, users, addresses, hosts, sessions, first_us, last_us
// limits:  the client chooses the name: an intruder may take a colleague's; laptops move. A name
//          follows an intruder over changes of address
// see:     https://attack.mitre.org/techniques/T1036/
MATCH (s:Session)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_name IS NOT NULL
WITH toLower(s.source_name) AS client, collect(s) AS found
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
 WITH DISTINCT s.source_address AS name
 ORDER BY name
 RETURN collect(name) AS addresses
}
WITH client, found, users, addresses, sessions, first_us, last_us
WHERE size(users) >= $min_users OR size(addresses) >= $min_addresses
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:ON_HOST]->(h:Host)
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
RETURN client, users, addresses, hosts, sessions, first_us, last_us
ORDER BY first_us, client
