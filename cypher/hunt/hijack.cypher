// title:   A desktop taken over another account's connection
// asks:    Which desktops were continued without a logon over the connection of another account,
//          and whose?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4778, 4779; LSM 24, 25
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, address, source_name, start_us, end_us, by_user, by_session
// limits:  administrators do so with tscon, too. user is whose desktop it is, by_user who took it;
//          null where that session is not known
// see:     https://attack.mitre.org/techniques/T1563/002/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND 'session_hijack' IN s.flags
OPTIONAL MATCH (h)<-[:ON_HOST]-(b:Session)
WHERE NOT b.outcome IN ['failed', 'denied'] AND ($hidden OR b.hidden IS NULL) AND b.end_reason = 'hijacked' AND abs(s.start_us - b.end_us) <= 5000000 AND b.id <> s.id
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.source_address AS address, s.source_name AS source_name, s.start_us AS start_us, s.end_us AS end_us, coalesce(b.user, b.attempted_user) AS by_user, b.id AS by_session
ORDER BY start_us, session, by_session
