// title:   Guessed: few tries at many accounts, then success
// asks:    Where did at least $min_failures attempts at the passwords of many accounts fail, or
//          some of a slow spray over all hosts, and who got in from the same source soon after?
// reads:   (:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(:Session), (:FailureRun)-[:AT_HOST]->(:Host),
//          (:Session)-[:OF_USER]->(:User)
// events:  Security 4625, 4771, 4776; RdpCoreTS 140; OpenSSH 4; those of the session that followed
// param:   min_failures int = 5 ; failed attempts of the run; of a slow spray any
// returns: run, host, address, class, kind, failures, first_us, last_us, session, user, outcome,
//          start_us, gap_s
// limits:  vulnerability scanners; an application that asks for several accounts. Success is any
//          account's from that source within the setting success_s: whether it is one that was
//          tried says `graphsess show RUN`
// see:     https://attack.mitre.org/techniques/T1110/
MATCH (f:FailureRun)-[r:FOLLOWED_BY_SUCCESS]->(s:Session)
WHERE f.pattern = 'spray' AND f.count >= $min_failures OR f.wider = 'slow_spray'
MATCH (f)-[:AT_HOST]->(h:Host)
RETURN f.id AS run, h.name AS host, f.source_address AS address, f.source_class AS class, f.kind AS kind, f.count AS failures, f.first_us AS first_us, f.last_us AS last_us, s.id AS session, coalesce(s.user, s.attempted_user) AS user, s.outcome AS outcome, s.start_us AS start_us, r.gap_us / 1000000 AS gap_s
ORDER BY first_us, run, start_us, session
