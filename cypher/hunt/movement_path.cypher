// title:   The shortest way from one thing to another
// asks:    Over which sessions, from host to host, does the shortest way lead from $start to $end?
// reads:   (:Session)-[:MOVED_TO*1..4]->(:Session)-[:ON_HOST]->(:Host)
// events:  those of the two sessions; Security 4648, 4769, 5156; Sysmon 1, 3; RDPClient 1024,
//          1102; WinRM 6, 91
// param:   start text = null ; host, account or source address that the first session is of;
//          without one, any
// param:   end text = null ; the same of the last session
// returns: steps, hosts, users, score, start_us, end_us, sessions
// limits:  at most four steps, each at the next session's most likely origin; score is that of the
//          weakest. No way found does not mean that there was none
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (a:Session)-[:ON_HOST]->(g:Host)
WHERE NOT a.outcome IN ['failed', 'denied'] AND ($start IS NULL OR toLower($start) IN [toLower(g.name), split(toLower(g.name), '.')[0], toLower(a.user), split(toLower(a.user), '\\')[-1], a.source_address])
MATCH p = (a)-[:MOVED_TO*1..4]->(b:Session)
WHERE NOT b.outcome IN ['failed', 'denied'] AND b.id <> a.id
MATCH (b)-[:ON_HOST]->(h:Host)
WHERE $end IS NULL OR toLower($end) IN [toLower(h.name), split(toLower(h.name), '.')[0], toLower(b.user), split(toLower(b.user), '\\')[-1], b.source_address]
WITH collect(p) AS paths, min(length(p)) AS steps
UNWIND paths AS p
WITH p, steps
WHERE length(p) = steps
UNWIND relationships(p) AS r
WITH p, steps, min(r.score) AS score
RETURN DISTINCT steps, [n IN nodes(p) | n.host] AS hosts, [n IN nodes(p) | n.user] AS users, score, nodes(p)[0].start_us AS start_us, nodes(p)[-1].start_us AS end_us, [n IN nodes(p) | n.id] AS sessions
ORDER BY start_us, end_us, sessions, score
