// title:   Accounts and groups changed, and from where
// asks:    Which accounts and groups were created or changed, in which session, and where had that
//          come from?
// reads:   (:Activity)-[:DURING]->(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4720, 4722 to 4726, 4728, 4732, 4733, 4738, 4756, 4767, 4781
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, event_kind, account, object, detail, session, user, kind, address, event
// limits:  daily work of administrators. Changes that no session can be given for are not here:
//          `graphsess activity` has them
// see:     https://attack.mitre.org/techniques/T1098/
MATCH (e:Event)-[:DURING]->(s:Session)
WHERE e.kind IN ['security_4720', 'security_4722', 'security_4723', 'security_4724', 'security_4725', 'security_4726', 'security_4728', 'security_4732', 'security_4733', 'security_4738', 'security_4756', 'security_4767', 'security_4781'] AND ($hidden OR s.hidden IS NULL)
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN e.time_us AS time_us, h.name AS host, e.kind AS event_kind, e.target_user AS account, e.object AS object, e.detail AS detail, s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.kind AS kind, s.source_address AS address, e.id AS event
ORDER BY time_us, event, session
