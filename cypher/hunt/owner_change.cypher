// title:   A process as another account than its maker's
// asks:    Which processes run under another logon and account than the process that made them,
//          without a logon that the maker opened for them?
// reads:   (:Event)-[:ON]->(:Host), (:Event)-[:OF_LOGON]->(:LogonSession),
//          (:Event)-[:UNDER_LOGON]->(:LogonSession)<-[:USES]-(:Session)
// events:  Security 4688 with a target that differs from its subject; 4624 of the target's logon
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, user, as_user, process, parent_process, command_line, session,
//          session_user, address, event
// limits:  a token that was borrowed or stolen, and services that run as an account and start
//          things for others. What Windows itself starts for people is left out, and so are runas,
//          netonly, elevation prompts and logons that the maker opened. Windows 7 and 2012 log no
//          target
// see:     https://attack.mitre.org/techniques/T1134/
MATCH (e:Event)-[:ON]->(h:Host)
WHERE e.kind = 'security_4688' AND e.actor_luid > 999 AND e.target_luid > 999 AND e.actor_luid <> e.target_luid AND toLower(e.actor_user) <> toLower(e.target_user) AND NOT e.actor_user ENDS WITH '$' AND NOT e.target_user ENDS WITH '$'
OPTIONAL MATCH (e)-[:OF_LOGON]->(l:LogonSession)
WHERE l.actor_luid = e.actor_luid OR l.role IN ['runas', 'netonly', 'elevation']
WITH e, h, count(l) AS opened
WHERE opened = 0
OPTIONAL MATCH (e)-[:UNDER_LOGON]->(:LogonSession)<-[:USES]-(s:Session)
WHERE ($hidden OR s.hidden IS NULL) AND coalesce(s.start_us, e.time_us) <= e.time_us
WITH e, h, s
ORDER BY coalesce(s.start_us, 0) DESC, s.id
WITH e, h, collect(s)[0] AS s
RETURN e.time_us AS time_us, h.name AS host, CASE WHEN e.actor_domain IS NULL THEN e.actor_user ELSE e.actor_domain + '\\' + e.actor_user END AS user, CASE WHEN e.target_domain IS NULL THEN e.target_user ELSE e.target_domain + '\\' + e.target_user END AS as_user, e.process AS process, e.parent_process AS parent_process, e.command_line AS command_line, s.id AS session, coalesce(s.user, s.attempted_user) AS session_user, s.source_address AS address, e.id AS event
ORDER BY time_us, event, session
