// title:   Chains: moves that follow each other in time, from where somebody got in to where it ends
// asks:    By which hosts and accounts did somebody go on, who was it at first, and how much does that stand out?
// reads:   (:Session {first_of})-[:CAME_AFTER]->(:Session)-[:STEP_OF]->(:Move), (:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(:Session), (:Activity)-[:DURING]->(:Session)
// writes:  (:Chain {hops_move, hops_session, hops_host, hops_user, rank, …})-[:HOP {position}]->(:Move)
// events:  those of the moves
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// param:   signs map = null ; what makes a path alarming, each with its points
// param:   path map = null ; how often a host may be visited, and from how many points a path is shown
// param:   honest texts = null ; patterns of failed attempts that are no guessing
// returns: chains
// limits:  a host may be visited twice at most; beyond 32 steps a path is cut; what ranks first is what an intruder does, not proof of one
// see:     rules R8.6, R8.7
MATCH (c:Chain)
CALL (c) {
  DETACH DELETE c
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(c) AS chains;

// A path ends where something led to and nothing leads on from, or with a step out of the case.
MATCH (m:Move)-[:FROM_SESSION]->(o:Session)
WHERE m.hidden IS NULL
OPTIONAL MATCH (m)-[:TO_SESSION]->(t:Session)
WITH m, coalesce(t, o) AS end, m.to_session IS NULL AS outer
WHERE outer OR (EXISTS { (end)-[r:CAME_AFTER]->(:Session) WHERE r.move IS NOT NULL } AND NOT EXISTS { (:Session)-[:CAME_AFTER]->(end) }
  AND NOT EXISTS { (x:Move)-[:FROM_SESSION]->(end) WHERE x.hidden IS NULL })
CALL (m, end, outer) {
  // Back to the origin; sessions that came from each other are gone round until a host is too often.
  MATCH p = (end)-[:CAME_AFTER*0..31]->(:Session)
  WITH m, end, outer, p ORDER BY length(p) DESC LIMIT 1
  WITH m, end, outer, nodes(p) AS some, length(p) AS last
  WITH m, end, outer, some, last, head([d IN range(0, last) WHERE some[d] = some[last]]) AS turn
  WITH m, end, outer, CASE WHEN turn = last THEN some ELSE [d IN range(0, 31) | some[CASE WHEN d < last THEN d ELSE turn + (d - turn) % (last - turn) END]] END AS some
  WITH m, end, outer, some, head([d IN range(0, size(some) - 1) WHERE size([e IN range(0, d) WHERE some[e].host = some[d].host]) > $path.visits]) AS cut
  WITH m, end, outer, reverse(some[0 .. coalesce(cut, size(some))]) AS some
  WITH m, end, outer, some, some[0] AS root
  CALL (some) {
    UNWIND range(0, size(some) - 1) AS i
    WITH i, some[i] AS s
    MATCH (s)-[:ON_HOST]->(h:Host)
    OPTIONAL MATCH (s)-[r:CAME_AFTER]->(:Session)
    OPTIONAL MATCH (s)-[:STEP_OF]->(x:Move)
    WITH i, s, h, r, CASE WHEN r IS NULL OR r.move IS NOT NULL THEN x END AS x
    ORDER BY i
    RETURN collect({
      node: x, move: coalesce(x.whole_id, x.id, ''), session: coalesce(s.whole_id, s.id), host: s.host, at: h, user: coalesce(s.user, ''), late: coalesce(h.ahead_us, 0),
      begun: coalesce(s.start_us, s.start_latest_us) - coalesce(h.ahead_us, 0), over: s.end_us - coalesce(h.ahead_us, 0),
      own: r IS NOT NULL, score: r.score, switch: coalesce(r.credential_switch, false),
      ran: NOT s.kind IN ['console', 'runas'] AND (s.kind = 'wmi' OR EXISTS { (a:Activity)-[:DURING]->(s) WHERE a.activity IN ['service', 'task'] })
    }) AS inner
  }
  OPTIONAL MATCH (m)-[:TO_HOST]->(t:Host) WHERE outer
  OPTIONAL MATCH (m)-[:FROM_HOST]->(f:Host) WHERE outer
  WITH m, end, outer, root, t, coalesce(f.ahead_us, 0) AS late, inner
  WITH m, end, outer, root, inner + CASE WHEN outer THEN [{
      node: m, move: coalesce(m.whole_id, m.id), session: '', host: m.to_host, at: t, user: coalesce(m.to_user, ''), late: coalesce(t.ahead_us, 0),
      begun: m.start_us - late, over: m.last_us - late, own: true, score: m.score, switch: coalesce(m.credential_switch, false), ran: false
    }] ELSE [] END AS hops, coalesce(root.sid, CASE WHEN root.user IS NOT NULL THEN coalesce($aliases[root.account], root.account) END) AS causal
  WHERE size(COLLECT { UNWIND hops AS x RETURN DISTINCT x.host }) > 1
  CALL (hops, root, causal) {
    UNWIND hops AS x
    WITH x, root, causal, x.at AS h
    OPTIONAL MATCH (h)<-[:ON_HOST]-(s:Session {first_of: left(h.id, 700) + '|' + left(causal, 700)})
    WHERE coalesce(s.sid, CASE WHEN s.user IS NOT NULL THEN coalesce($aliases[s.account], s.account) END) = causal
    WITH x, x.session <> coalesce(root.whole_id, root.id) AND (s IS NULL OR coalesce(s.start_us, s.start_latest_us) - coalesce(h.ahead_us, 0) >= x.begun) AS new
    RETURN count(CASE WHEN new THEN 1 END) > 0 AS new_host, min(x.begun) AS start_us, max(coalesce(x.over, x.begun)) AS end_us,
      min(CASE WHEN x.own THEN x.score END) AS score, sum(CASE WHEN x.own THEN x.score END) AS total,
      count(CASE WHEN x.own AND x.switch THEN 1 END) AS switches, count(CASE WHEN x.ran THEN 1 END) > 0 AS ran
  }
  WITH *, coalesce(root.source_class IN ['external', 'tunnelled'], false) AS entry,
    EXISTS { (g:FailureRun)-[:FOLLOWED_BY_SUCCESS]->(root) WHERE NOT g.pattern IN $honest } AS guessed,
    'chain|' + replace(replace(substring(coalesce(root.whole_id, root.id), 8), '%', '%25'), '|', '%7C') + '|'
      + replace(replace(CASE WHEN outer THEN coalesce(m.whole_id, m.id) ELSE coalesce(end.whole_id, end.id) END, '%', '%25'), '|', '%7C') AS id
  WITH *, CASE WHEN switches > 0 THEN $signs.switch ELSE 0 END + CASE WHEN new_host THEN $signs.new_host ELSE 0 END + CASE WHEN entry THEN $signs.entry ELSE 0 END
    + CASE WHEN ran THEN $signs.executed ELSE 0 END + CASE WHEN guessed THEN $signs.guessed ELSE 0 END AS rank
  CREATE (c:Chain {id: CASE WHEN size(id) > 1500 THEN left(id, 200) + '…' + m.id ELSE id END})
  SET c.whole_id = CASE WHEN size(id) > 1500 THEN id END,
    c.hops_move = [x IN hops | x.move], c.hops_session = [x IN hops | x.session], c.hops_host = [x IN hops | x.host], c.hops_user = [x IN hops | x.user],
    c.entry_address = coalesce(root.origin_address, root.source_address), c.entry_class = root.source_class, c.causal_user = root.user,
    c.start_us = start_us + hops[0].late, c.end_us = end_us + hops[-1].late, c.score = score, c.total = total, c.credential_switches = switches,
    c.new_host = new_host, c.rank = rank, c.rule = 'R8.6', c.hidden = CASE WHEN rank < $path.alarming THEN 'ordinary' END
  WITH c, [x IN hops WHERE x.node IS NOT NULL | x.node] AS moves
  UNWIND range(0, size(moves) - 1) AS i
  WITH c, i, moves[i] AS x
  CREATE (c)-[:HOP {position: i}]->(x)
} IN TRANSACTIONS OF 500 ROWS
RETURN count(m) AS chains
