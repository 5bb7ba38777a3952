// title:   Another account within a session
// asks:    Who opened a session as another account, or with other network credentials, from within
//          their own?
// reads:   (:Session)-[:OPENED_UNDER]->(:Session), (:User)<-[:OF_USER]-(:Session),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4648, 4624 types 2 and 9 by seclogo
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, outbound_user, host, start_us, end_us, parent, parent_user, parent_kind,
//          parent_address
// limits:  administrators with two accounts. outbound_user is who the session is on the network
//          (runas /netonly, pass the hash); parent is null where the logs do not say under which
//          session it was typed
// see:     https://attack.mitre.org/techniques/T1134/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.kind = 'runas'
OPTIONAL MATCH (s)-[:OPENED_UNDER]->(p:Session)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.outbound_user AS outbound_user, h.name AS host, s.start_us AS start_us, s.end_us AS end_us, p.id AS parent, coalesce(p.user, p.attempted_user) AS parent_user, p.kind AS parent_kind, p.source_address AS parent_address
ORDER BY start_us, session
