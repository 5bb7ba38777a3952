// title:   Sessions whose end nobody knows
// asks:    Which sessions were still open when the logs ended, or ended unseen?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, outcome, start_us, end_kind, end_earliest_us
// limits:  open at the end of the log does not mean open today; end_earliest_us is the last sign
//          of life
MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE s.end_kind IN ['open_at_end_of_log', 'unobserved'] AND ($hidden OR s.hidden IS NULL)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.outcome AS outcome, s.start_us AS start_us, s.end_kind AS end_kind, s.end_earliest_us AS end_earliest_us
ORDER BY start_us, session
