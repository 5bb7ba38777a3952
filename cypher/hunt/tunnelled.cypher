// title:   Remote desktops whose source is the host itself
// asks:    Which RDP sessions came through a tunnel: from the host's own address?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4624 type 10 or RCM 1149 with a loopback or own address
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_name, outcome, start_us, end_us
// limits:  agents of remote support tunnel, too; where the true source was, other logs must say
// see:     https://attack.mitre.org/techniques/T1572/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_class = 'tunnelled'
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.source_name AS source_name, s.outcome AS outcome, s.start_us AS start_us, s.end_us AS end_us
ORDER BY start_us, session
