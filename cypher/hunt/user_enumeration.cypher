// title:   Names tried that do not exist
// asks:    Which sources asked for at least $min_names accounts that do not exist?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4625, 4776 with status 0xC0000064; 4768, 4771 with 0x6
// param:   min_names int = 3 ; different names
// returns: source, name_count, names, hosts, attempts, first_us, last_us
// limits:  users who mistype their own names; a DC that does not log failures shows nothing.
//          source is the client's own name where no address is logged
// see:     https://attack.mitre.org/techniques/T1087/
MATCH (s:Session)-[:OF_USER]->(u:User)
WHERE s.outcome IN ['failed', 'denied'] AND (s.hidden IS NULL OR s.hidden = 'seen_at_dc_only') AND NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) } AND s.failure_status IN ['0xc0000064', '0x6'] AND (s.source_address IS NOT NULL OR s.source_name IS NOT NULL)
WITH coalesce(s.source_address, s.source_name) AS source, count(DISTINCT u) AS name_count, collect(s) AS found
WHERE name_count >= $min_names
CALL (found) {
 UNWIND found AS s
 RETURN count(s) AS attempts, min(s.start_us) AS first_us, max(s.start_us) AS last_us
}
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:OF_USER]->(u:User)
 WITH DISTINCT u.name AS name
 ORDER BY name
 RETURN collect(name) AS names
}
CALL (found) {
 UNWIND found AS s
 MATCH (s)-[:ON_HOST]->(h:Host)
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
RETURN source, name_count, names, hosts, attempts, first_us, last_us
ORDER BY name_count DESC, source
