// title:   The right password, and no desktop
// asks:    Who authenticated by RDP without a desktop that anybody saw?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  RCM 1149, Security 4624 without LSM 21 or 25
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_class, outcome, start_us, end_us,
//          end_reason, flags
// limits:  brokers redirect, clients break off, tools only test passwords. authenticated (in place
//          of authenticated_no_shell) says that no log could have shown a desktop
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.outcome IN ['authenticated', 'authenticated_no_shell']
OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(a:Address)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, CASE WHEN s.source_class = 'external' AND a.class = 'internal' THEN 'internal' ELSE s.source_class END AS source_class, s.outcome AS outcome, s.start_us AS start_us, s.end_us AS end_us, s.end_reason AS end_reason, s.flags AS flags
ORDER BY start_us, session
