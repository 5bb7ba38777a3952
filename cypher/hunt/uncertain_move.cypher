// title:   Steps that may have come out of another session
// asks:    For which steps is there another session that fits nearly as well?
// reads:   (:Move)-[:ALTERNATIVE]->(:Session), (:Move)-[:FROM_HOST|TO_HOST]->(:Host)
// events:  those of the two sessions; Security 4648, 4769, 5156; Sysmon 1, 3; RDPClient 1024,
//          1102; WinRM 6, 91
// param:   hidden bool = false ; also infrastructure and other moves that are hidden by default
// returns: move, from_host, from_user, to_host, to_user, kind, start_us, score, band,
//          from_session, other_session, other_user, other_score
// limits:  alternatives are kept within 15 points of the best. Before anybody is named for such a
//          step, look at both
MATCH (m:Move)-[r:ALTERNATIVE]->(s:Session)
WHERE NOT coalesce(m.outcome, '') IN ['failed', 'denied'] AND ($hidden OR m.hidden IS NULL)
OPTIONAL MATCH (m)-[:FROM_HOST]->(g:Host)
OPTIONAL MATCH (m)-[:TO_HOST]->(h:Host)
RETURN m.id AS move, coalesce(g.name, m.from_host) AS from_host, m.from_user AS from_user, coalesce(h.name, m.to_host) AS to_host, m.to_user AS to_user, m.kind AS kind, m.start_us AS start_us, m.score AS score, m.band AS band, m.from_session AS from_session, s.id AS other_session, coalesce(s.user, s.attempted_user) AS other_user, r.score AS other_score
ORDER BY start_us, move, other_session
