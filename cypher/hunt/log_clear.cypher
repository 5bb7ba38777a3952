// title:   Logs cleared, by whom and under whose eyes
// asks:    Which logs were cleared, who cleared them, and which sessions were open then?
// reads:   (:Event)-[:ON]->(:Host), (:Event)-[:PROVES]->(:Flag)<-[:FLAGGED]-(:Session),
//          (:User)<-[:OF_USER]-(:Session)
// events:  Security 1102, System 104
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, channel, by_user, session, by_session, user, kind, address, start_us,
//          end_us, event
// limits:  administrators clear logs, too; by_session says that it was done under that session's
//          own logon. A log that was deleted or overwritten leaves no such record
// see:     https://attack.mitre.org/techniques/T1070/001/
MATCH (e:Event)-[:ON]->(h:Host)
WHERE e.kind IN ['security_1102', 'eventlog_104']
OPTIONAL MATCH (e)-[:PROVES]->(f:Flag)<-[:FLAGGED]-(s:Session)
WHERE f.flag = 'log_cleared_during' AND ($hidden OR s.hidden IS NULL)
RETURN e.time_us AS time_us, h.name AS host, coalesce(e.object, e.channel) AS channel, e.actor_user AS by_user, s.id AS session, coalesce(e.actor_luid IN s.luids, false) AS by_session, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, e.id AS event
ORDER BY time_us, event, session
