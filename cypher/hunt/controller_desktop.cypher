// title:   Desktops and shells on domain controllers
// asks:    Who sat at a domain controller, at its console or from afar?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4; a host that logs 4768 or 4769 is a controller
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_class, privileged, start_us, end_us,
//          end_kind
// limits:  administrators do; the question is which, from where and when. A controller whose
//          tickets are not logged is not known as one
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (h:Host)<-[:ON_HOST]-(s:Session)
WHERE h.is_dc AND NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.kind IN ['console', 'rdp', 'ssh', 'winrm']
OPTIONAL MATCH (s)-[:FROM_ADDRESS]->(a:Address)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, CASE WHEN s.source_class = 'external' AND a.class = 'internal' THEN 'internal' ELSE s.source_class END AS source_class, s.privileged AS privileged, s.start_us AS start_us, s.end_us AS end_us, s.end_kind AS end_kind
ORDER BY start_us, session
