// title:   On at an hour when the account never is
// asks:    Which sessions began at a time of day at which the account was on, give or take an
//          hour, on at most $max_days of its at least $min_days days?
// reads:   (:User)<-[:OF_USER]-(:Session), (:Session)-[:ON_HOST]->(:Host)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   min_days int = 5 ; different days on which the account was on
// param:   max_days int = 1 ; days on which it was on at about that time
// param:   utc_offset_hours float = 0.0 ; where days begin: hours east of UTC
// param:   hidden bool = false ; also machine, service and other sessions that are hidden by
//          default
// returns: session, user, host, kind, address, start_us, hour, days_at_that_time, all_days
// limits:  shift work, on-call duty, summer time; accounts seen on fewer days are not judged. Only
//          sessions at a console, by RDP, SSH or WinRM count
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (u:User)<-[:OF_USER]-(s:Session)
WHERE NOT s.outcome IN ['failed', 'denied'] AND ($hidden OR s.hidden IS NULL) AND s.start_us IS NOT NULL AND s.kind IN ['console', 'rdp', 'ssh', 'winrm']
WITH u, s, s.start_us + toInteger($utc_offset_hours * 3600000000) AS local_us
WITH u, s, local_us / 86400000000 AS day, local_us / 3600000000 % 24 AS hour
WITH u, count(DISTINCT day) AS all_days, collect([s, day, hour]) AS mine
WHERE all_days >= $min_days
UNWIND mine AS one
WITH u, all_days, one[2] AS hour, count(DISTINCT one[1]) AS days, collect(one[0]) AS found
WITH u, all_days, collect([hour, days, found]) AS hours
UNWIND hours AS this
UNWIND hours AS near
WITH u, all_days, this[0] AS hour, this[2] AS found, near
WHERE abs(near[0] - hour) IN [0, 1, 23]
WITH u, all_days, hour, found, max(near[1]) AS days_at_that_time
WHERE days_at_that_time <= $max_days
UNWIND found AS s
MATCH (s)-[:ON_HOST]->(h:Host)
RETURN s.id AS session, coalesce(s.user, s.attempted_user) AS user, h.name AS host, s.kind AS kind, s.source_address AS address, s.start_us AS start_us, hour, days_at_that_time, all_days
ORDER BY start_us, session
