// title:   The first time from an address
// asks:    When did an account that had been known for $history_hours hours first come from an
//          address?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   history_hours float = 24.0 ; hours since the account's first session in the logs
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, address, class, session, host, kind, start_us, since_us, earlier_sessions,
//          earlier_users
// limits:  what is new in the logs may be old in truth, and the shorter they reach the more is
//          new; travel, VPN pools, DHCP. earlier_users counts the others who came from there
//          before
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:OF_USER]->(u:User)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL)
WITH a, u, s
ORDER BY s.start_us, s.id
WITH a, u, collect(s)[0] AS s
MATCH (u)<-[:OF_USER]-(o:Session)
WHERE NOT o.outcome IN ['failed', 'denied'] AND ($hidden OR o.hidden IS NULL) AND o.start_us < s.start_us
WITH a, u, s, min(o.start_us) AS since_us, count(o) AS earlier_sessions
WHERE s.start_us - since_us >= toInteger($history_hours * 3600000000)
OPTIONAL MATCH (a)<-[:FROM_ADDRESS]-(p:Session)-[:OF_USER]->(v:User)
WHERE NOT p.outcome IN ['failed', 'denied'] AND ($hidden OR p.hidden IS NULL) AND p.start_us < s.start_us AND v.id <> u.id
WITH a, u, s, since_us, earlier_sessions, count(DISTINCT v) AS earlier_users
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN coalesce(s.user, s.attempted_user) AS user, a.address AS address, a.class AS class, s.id AS session, h.name AS host, s.kind AS kind, s.start_us AS start_us, since_us, earlier_sessions, earlier_users
ORDER BY start_us, session
