// title:   One account in two places at once
// asks:    Which sessions of one account from two networks overlapped in time?
// reads:   (:User)<-[:OF_USER]-(:Session)-[:FROM_ADDRESS]->(:Address),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: user, session, address, host, start_us, second_session, second_address, second_host,
//          second_start_us, overlap_s
// limits:  networks are /24 and /64 unless the setting ranges names others, and no countries; VPN
//          beside the office; shared accounts. A session without a known end counts until its last
//          sign of life. Network, batch and service logons are left out: they hop by nature
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(s:Session)-[:FROM_ADDRESS]->(a:Address)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.kind IN ['console', 'rdp', 'ssh', 'winrm'] AND a.range IS NOT NULL
MATCH (u)<-[:OF_USER]-(t:Session)-[:FROM_ADDRESS]->(b:Address)
WHERE NOT t.outcome IN ['failed', 'denied'] AND ($hidden OR t.hidden IS NULL) AND t.kind IN ['console', 'rdp', 'ssh', 'winrm'] AND b.range <> a.range AND (s.start_us < t.start_us OR (s.start_us = t.start_us AND s.id < t.id))
WITH u, s, a, t, b, coalesce(s.end_us, s.end_earliest_us, s.start_us) AS until_us, coalesce(t.end_us, t.end_earliest_us, t.start_us) AS second_until_us
WHERE t.start_us < until_us
MATCH (s)-[:ON_HOST]->(h:Host)
MATCH (t)-[:ON_HOST]->(g:Host)
RETURN coalesce(s.user, s.attempted_user) AS user, s.id AS session, a.address AS address, h.name AS host, s.start_us AS start_us, t.id AS second_session, b.address AS second_address, g.name AS second_host, t.start_us AS second_start_us, (CASE WHEN until_us < second_until_us THEN until_us ELSE second_until_us END - t.start_us) / 1000000 AS overlap_s
ORDER BY second_start_us, second_session, session
