// title:   Hosts reached only through another
// asks:    Which hosts were entered over the network from at most $max_via other hosts of the
//          case, and from nowhere else?
// reads:   (:Host)<-[:ON_HOST]-(:Session)-[:CAME_FROM]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4; those that tell whose an address was
// param:   max_via int = 1 ; hosts that lead there
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: host, via, users, sessions, first_us, last_us
// limits:  so are hosts behind a jump host meant to be. A source that no host of the case is known
//          by counts as elsewhere
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (h:Host)<-[:ON_HOST]-(s:Session)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_address IS NOT NULL
OPTIONAL MATCH (s)-[:CAME_FROM]->(v:Host)
WITH h, collect(DISTINCT s) AS found, collect(DISTINCT v) AS ways, sum(CASE WHEN v IS NULL OR v.id = h.id THEN 1 ELSE 0 END) AS elsewhere
WHERE elsewhere = 0 AND size(ways) <= $max_via
CALL (ways) {
 UNWIND ways AS v
 WITH DISTINCT v.name AS name
 ORDER BY name
 RETURN collect(name) AS via
}
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
RETURN h.name AS host, via, users, sessions, first_us, last_us
ORDER BY host
