// title:   RDP without handing over the password
// asks:    Which RDP sessions used Restricted Admin or Remote Credential Guard?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4624 RestrictedAdminMode, RemoteCredentialGuard
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, address, start_us, end_us, restricted_admin,
//          remote_credential_guard
// limits:  careful administrators use both. Restricted Admin also lets those in who have only a
//          hash; hosts older than 2012 R2 do not log it
// see:     https://attack.mitre.org/techniques/T1550/002/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND (s.restricted_admin OR s.credential_guard)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.source_address AS address, s.start_us AS start_us, s.end_us AS end_us, coalesce(s.restricted_admin, false) AS restricted_admin, coalesce(s.credential_guard, false) AS remote_credential_guard
ORDER BY start_us, session
