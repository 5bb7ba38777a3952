// title:   A desktop continued from elsewhere
// asks:    Which sessions reconnected to a desktop from another address than the session before?
// reads:   (:Session)-[:NEXT_IN_LOCAL]->(:Session), (:User)<-[:OF_USER]-(:Session),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  LSM 21, 24, 25; Security 4778, 4779; RdpCoreTS 131
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_name, start_us, before_session,
//          before_address, before_end_us, gap_s
// limits:  laptops that move, changed leases, NAT. An address that is null is the host's own
//          console
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (b:Session)-[r:NEXT_IN_LOCAL]->(s:Session)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND NOT b.outcome IN ['failed', 'denied'] AND ($hidden OR b.hidden IS NULL) AND coalesce(s.source_address, 'local') <> coalesce(b.source_address, 'local')
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.source_name AS source_name, s.start_us AS start_us, b.id AS before_session, b.source_address AS before_address, b.end_us AS before_end_us, r.gap_us / 1000000 AS gap_s
ORDER BY start_us, session, before_session
