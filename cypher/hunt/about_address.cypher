// title:   Everything about one address
// asks:    What does the case know of the address $address: who came from it, whose passwords were
//          tried, which host had it when?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host), (:FailureRun)-[:FROM_ADDRESS]->(:Address),
//          (:Address)-[:RESOLVES_TO]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4; Security 4625, RdpCoreTS 140; those that tell whose an address was
// param:   address text = null ; the address; without one, all of them
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: address, start_us, what, id, host, user, kind, outcome, end_us, count
// limits:  probes that never tried to log on are no sessions: see `connections --all`; outcome of
//          a failure run is its pattern
CALL () {
 MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:ON_HOST]->(h:Host)
 WHERE ($address IS NULL OR a.address = $address) AND ($hidden OR s.hidden IS NULL) AND NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) }
  RETURN a.address AS address, s.start_us AS start_us, 'session' AS what, s.id AS id, h.name AS host, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.outcome AS outcome, s.end_us AS end_us, 1 AS count
 UNION ALL
 MATCH (a:Address)<-[:FROM_ADDRESS]-(f:FailureRun)-[:AT_HOST]->(h:Host)
 WHERE $address IS NULL OR a.address = $address
 RETURN a.address AS address, f.first_us AS start_us, 'failures' AS what, f.id AS id, h.name AS host, null AS user, f.kind AS kind, f.pattern AS outcome, f.last_us AS end_us, f.count AS count
 UNION ALL
 MATCH (a:Address)-[r:RESOLVES_TO]->(h:Host)
 WHERE $address IS NULL OR a.address = $address
 RETURN a.address AS address, r.valid_from_us AS start_us, 'owner' AS what, h.id AS id, h.name AS host, null AS user, null AS kind, null AS outcome, r.valid_to_us AS end_us, r.observations AS count
}
RETURN address, start_us, what, id, host, user, kind, outcome, end_us, count
ORDER BY address, start_us, what, id, end_us, count
