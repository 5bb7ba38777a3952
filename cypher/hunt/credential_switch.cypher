// title:   From host to host as somebody else
// asks:    Which steps from one host to another were made as another account, with a score of at
//          least $min_score?
// reads:   (:Move)-[:FROM_HOST|TO_HOST]->(:Host)
// events:  those of the two sessions; Security 4648, 4769, 5156; Sysmon 1, 3; RDPClient 1024,
//          1102; WinRM 6, 91
// param:   min_score int = 45 ; 70 and more is high, 45 medium, 30 low
// param:   hidden bool = false ; also infrastructure and other moves that are hidden by default
// returns: move, from_host, from_user, to_host, to_user, kind, start_us, score, band,
//          from_session, to_session
// limits:  administrators with several accounts: the setting aliases makes them one. A low score
//          is a guess
// see:     https://attack.mitre.org/techniques/T1550/
MATCH (m:Move)
WHERE m.credential_switch AND m.score >= $min_score AND NOT coalesce(m.outcome, '') IN ['failed', 'denied'] AND ($hidden OR m.hidden IS NULL)
OPTIONAL MATCH (m)-[:FROM_HOST]->(g:Host)
OPTIONAL MATCH (m)-[:TO_HOST]->(h:Host)
RETURN m.id AS move, coalesce(g.name, m.from_host) AS from_host, m.from_user AS from_user, coalesce(h.name, m.to_host) AS to_host, m.to_user AS to_user, m.kind AS kind, m.start_us AS start_us, m.score AS score, m.band AS band, m.from_session AS from_session, m.to_session AS to_session
ORDER BY start_us, move
