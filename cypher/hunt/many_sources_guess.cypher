// title:   One account guessed from several addresses
// asks:    Which account's password was tried in vain from at least $min_addresses addresses
//          within $hours hours?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4625, 4768, 4771, 4776; RdpCoreTS 140; OpenSSH 4; SMBServer 551
// param:   min_addresses int = 5 ; addresses
// param:   hours float = 24.0 ; length of the window
// returns: user, address_count, addresses, hosts, attempts, first_us, last_us
// limits:  a stored password on several devices after it was changed. One row an account, its
//          fullest window. Windows of that length begin every half of it: what lies within half a
//          window is found together, a longer burst may be cut.
// see:     https://attack.mitre.org/techniques/T1110/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:FROM_ADDRESS]->(a:Address)
WHERE s.outcome IN ['failed', 'denied'] AND (s.hidden IS NULL OR s.hidden = 'seen_at_dc_only') AND NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) } AND s.start_us IS NOT NULL
WITH u, a, s, s.start_us / toInteger($hours * 1800000000) AS slot
UNWIND [slot - 1, slot] AS half
WITH u, half, count(DISTINCT a) AS address_count, collect(s) AS found
WHERE address_count >= $min_addresses
WITH u, address_count, found
ORDER BY address_count DESC, half
WITH u, collect(address_count)[0] AS address_count, collect(found)[0] AS found
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS attempts, min(s.start_us) AS first_us, max(s.start_us) AS last_us
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
RETURN u.name AS user, address_count, addresses, hosts, attempts, first_us, last_us
ORDER BY address_count DESC, user
