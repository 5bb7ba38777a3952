// title:   Desktops and shells opened from outside
// asks:    Who got a desktop or a shell from an external address?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, source_name, outcome, privileged, start_us, end_us,
//          end_kind
// limits:  the organisation's own public networks look external unless the setting internal_ranges
//          names them; behind a gateway every source is internal
// see:     https://attack.mitre.org/techniques/T1133/
MATCH (a:Address)<-[:FROM_ADDRESS]-(s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.source_class = 'external' AND coalesce(a.class, 'external') <> 'internal' AND s.kind IN ['console', 'rdp', 'ssh', 'winrm']
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.source_name AS source_name, s.outcome AS outcome, s.privileged AS privileged, s.start_us AS start_us, s.end_us AS end_us, s.end_kind AS end_kind
ORDER BY start_us, session
