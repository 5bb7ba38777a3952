// title:   Refused, although the password was right
// asks:    Whose right credentials were refused for another reason: no right to log on, locked,
//          expired, wrong workstation or hour?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  Security 4625, 4768, 4771, 4776; RdpCoreTS 140; OpenSSH 4; SMBServer 551; Security 4825
// returns: session, user, host, kind, address, source_name, outcome, status, start_us
// limits:  users with expired passwords. Outcome denied proves the password, failed with the flag
//          credentials_may_be_right does not: some of these statuses come before the password is
//          looked at
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE s.outcome IN ['failed', 'denied'] AND (s.hidden IS NULL OR s.hidden = 'seen_at_dc_only') AND NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) } AND (s.outcome = 'denied' OR 'credentials_may_be_right' IN s.flags)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.source_name AS source_name, s.outcome AS outcome, s.failure_status AS status, s.start_us AS start_us
ORDER BY start_us, session
