// title:   Credentials typed for another host
// asks:    Where were credentials typed to reach another host, in which session, and where had
//          that come from?
// reads:   (:Event)-[:UNDER_LOGON]->(:LogonSession)<-[:USES]-(:Session), (:Event)-[:ON]->(:Host)
// events:  Security 4648
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, user, as_user, server, spn, process, session, session_user, address,
//          event
// limits:  administrators, mapped drives, task scheduler. The record tells the wish, not the
//          success; names are as the client gave them. session is the last that had begun under
//          that logon, null where there is none
// see:     https://learn.microsoft.com/windows/security/threat-protection/auditing/event-4648
MATCH (e:Event)-[:ON]->(h:Host)
WHERE e.kind = 'security_4648' AND toLower(e.server) <> 'localhost' AND split(toLower(e.server), '.')[0] <> split(toLower(h.name), '.')[0]
OPTIONAL MATCH (e)-[:UNDER_LOGON]->(:LogonSession)<-[:USES]-(s:Session)
WHERE ($hidden OR s.hidden IS NULL) AND coalesce(s.start_us, e.time_us) <= e.time_us
WITH e, h, s
ORDER BY coalesce(s.start_us, 0) DESC, s.id
WITH e, h, collect(s)[0] AS s
RETURN e.time_us AS time_us, h.name AS host, CASE WHEN e.actor_domain IS NULL THEN e.actor_user ELSE e.actor_domain + '\\' + e.actor_user END AS user, CASE WHEN e.target_domain IS NULL THEN e.target_user ELSE e.target_domain + '\\' + e.target_user END AS as_user, e.server AS server, e.spn AS spn, e.process AS process, s.id AS session, coalesce(s.user, s.attempted_user) AS session_user, s.source_address AS address, e.id AS event
ORDER BY time_us, event, session
