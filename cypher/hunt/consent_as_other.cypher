// title:   An administrator's password at somebody's elevation prompt
// asks:    At which desktop was an elevation prompt answered as another account than the desktop's?
// reads:   (:LogonSession)-[:BYPRODUCT_OF]->(:LocalSession)-[:ON]->(:Host),
//          (:Session)-[:IN]->(:LocalSession)
// events:  Security 4624 types 2 and 11 by CredPro (consent.exe); those of the desktop
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: time_us, host, user, as_user, session, address, logon
// limits:  a helper who types the password for a user is usual where users have no rights. What
//          then ran elevated is activity of the same session; session is the desktop's last that
//          had begun by then
// see:     rule R8.7; https://attack.mitre.org/techniques/T1548/002/
MATCH (l:LogonSession)-[:BYPRODUCT_OF]->(d:LocalSession)-[:ON]->(h:Host)
WHERE l.role = 'elevation' AND coalesce(l.elevated, true) AND coalesce(l.sid <> d.sid, toLower(l.user) <> toLower(d.user))
OPTIONAL MATCH (s:Session)-[:IN]->(d)
WHERE ($hidden OR s.hidden IS NULL) AND s.start_us <= l.start_us
WITH l, d, h, s
ORDER BY s.start_us DESC, s.id
WITH l, d, h, collect(s)[0] AS s
RETURN l.start_us AS time_us, h.name AS host, d.user AS user, l.user AS as_user, s.id AS session, s.source_address AS address, l.id AS logon
ORDER BY time_us, logon
