// title:   RDP of which the Security log says nothing
// asks:    Which RDP sessions have no record of the Security log among their sources?
// reads:   (:Event)-[:SOURCE_OF]->(:Session), (:User)<-[:OF_USER]-(:Session),
//          (:Session)-[:ON_HOST]->(:Host)
// events:  LSM 21, 22, 25; RCM 1149; RdpCoreTS 131; no Security record
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, end_us, outcome, security_covers,
//          channels
// limits:  a Security log that was full or not handed over; security_covers says whether it
//          reaches over the start of the session: only then is the silence evidence of clearing or
//          of a disabled audit
// see:     https://attack.mitre.org/techniques/T1070/001/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.kind = 'rdp'
OPTIONAL MATCH (e:Event)-[:SOURCE_OF]->(s)
WITH DISTINCT s, h, toLower(e.channel) AS channel
ORDER BY channel
WITH s, h, collect(channel) AS channels
WHERE NOT 'security' IN channels
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, s.outcome AS outcome, NOT 'security_not_covering' IN coalesce(s.flags, []) AS security_covers, channels
ORDER BY start_us, session
