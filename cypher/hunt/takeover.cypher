// title:   A desktop taken while it was in use
// asks:    Which sessions displaced another connection from its desktop, and whose?
// reads:   (:Session)-[:NEXT_IN_LOCAL]->(:Session), (:User)<-[:OF_USER]-(:Session),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  LSM 40 reason 5, 24, 25; Security 4778, 4779
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, before_session, before_user,
//          before_address, before_end_us
// limits:  one person who goes from desk to laptop does just this; the account is the same by
//          nature, look at the two addresses
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND 'takeover' IN s.flags
OPTIONAL MATCH (b:Session)-[:NEXT_IN_LOCAL]->(s)
WHERE NOT b.outcome IN ['failed', 'denied'] AND ($hidden OR b.hidden IS NULL)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, b.id AS before_session, coalesce(b.user, b.attempted_user) AS before_user, b.source_address AS before_address, b.end_us AS before_end_us
ORDER BY start_us, session, before_session
