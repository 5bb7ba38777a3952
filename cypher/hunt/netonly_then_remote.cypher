// title:   Borrowed credentials, then another host
// asks:    Which network credentials that somebody borrowed (runas /netonly) opened sessions
//          elsewhere from that host?
// reads:   (:Session)-[:ON_HOST]->(:Host)<-[:CAME_FROM]-(:Session), (:User)<-[:OF_USER]-(:Session)
// events:  Security 4624 type 9, then those of the session elsewhere
// param:   hours float = 8.0 ; how long borrowed credentials are followed where their session has
//          no known end
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, outbound_user, host, start_us, to_session, to_host, to_kind, to_start_us
// limits:  joined by name, host and time, not by a key: somebody else on that host may have used
//          the same account
// see:     https://attack.mitre.org/techniques/T1550/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.kind = 'runas' AND s.outbound_user IS NOT NULL
MATCH (h)<-[:CAME_FROM]-(t:Session)-[:ON_HOST]->(g:Host)
WHERE NOT t.outcome IN ['failed', 'denied'] AND ($hidden OR t.hidden IS NULL) AND toLower(t.user) = toLower(s.outbound_user) AND g.id <> h.id AND t.start_us >= s.start_us AND t.start_us <= coalesce(s.end_us, s.start_us + toInteger($hours * 3600000000))
RETURN DISTINCT s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.outbound_user AS outbound_user, h.name AS host, s.start_us AS start_us, t.id AS to_session, g.name AS to_host, t.kind AS to_kind, t.start_us AS to_start_us
ORDER BY to_start_us, to_session, session
