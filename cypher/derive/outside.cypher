// title:   Steps to a target whose arrival no log of the case shows
// asks:    Where did somebody reach out to, of which only the source side tells?
// reads:   (:Event {sign, toward, aim, met})-[:LEFT]->(:Access)<-[:OF]-(:Session)
// writes:  (:Move)-[:BECAUSE {rule, score}]->(:Event)
// events:  RDPClient 1024, 1102, 1027; Security 4648, 4688; Sysmon 1; NTLM 8001; SMBClient 31001; WinRM 6; gateway 302
// param:   points map = null ; points of each piece of evidence
// param:   windows map = null ; gap that parts two steps; microseconds
// param:   bounds map = null ; from how many points a step is told, and in which band
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// returns: moves
// limits:  a sign tells of an attempt; whether it was let in only the target's own log would say
// see:     rules R8.2a, R8.3
MATCH (x:Event)-[:ON]->(h:Host)
WHERE x.sign IN ['E2', 'E3', 'E4', 'E6', 'E7', 'R4.5'] AND x.met IS NULL
OPTIONAL MATCH (t:Host {id: x.toward})
WITH x, h, coalesce(t.whole_id, t.id) AS inside
WITH x, h, inside, coalesce(inside, split(x.aim, '.')[0], x.aim_address) AS target
WHERE target <> coalesce(h.whole_id, h.id)
OPTIONAL MATCH (x)-[l:LEFT]->(:Access)<-[:OF]-(o:Session)
WITH x, h, inside, target, o, coalesce(l.after, false) AS after, l.how AS how, coalesce(o.session_us, o.start_us, o.start_latest_us) AS begun
ORDER BY after, begun IS NULL, begun DESC, coalesce(o.whole_id, o.id)
WITH x, h, target, head(collect({e: x, inside: inside, o: o, after: after, how: how})) AS sign
ORDER BY x.at_us, x.id
WITH h, target, sign.o AS o, collect(sign) AS signs
// RDP's client names no account, so it joins whatever is named next, else last.
WITH h, target, o, signs, [i IN range(0, size(signs) - 1) WHERE signs[i].e.peer IS NOT NULL] AS named
UNWIND range(0, size(named)) AS k
WITH h, target, o, signs, CASE WHEN k = 0 THEN 0 ELSE named[k - 1] + 1 END AS lo, coalesce(named[k], size(signs) - 1) AS hi, signs[coalesce(named[k], named[-1])].e.peer AS peer
UNWIND range(lo, hi) AS i
WITH h, target, o, peer, signs[i] AS sign ORDER BY i
WITH h, target, o, peer, collect(sign) AS signs
WITH h, target, o, peer, signs, [i IN range(0, size(signs) - 1) WHERE i = 0 OR signs[i].e.at_us - signs[i - 1].e.at_us > $windows.outside] + [size(signs)] AS cuts
UNWIND range(0, size(cuts) - 2) AS k
WITH h, target, o, peer, signs[cuts[k] .. cuts[k + 1]] AS signs
CALL (h, target, o, peer, signs) {
  CALL (signs) {
    UNWIND signs AS x
    WITH x.e.sign AS rule, collect(DISTINCT x.e.id) AS ids, max(CASE WHEN x.e.kind = 'client_1027' THEN $points['E2 desktop'] ELSE 0 END) AS desktop
    WITH rule, ids, $points[rule] + desktop AS score ORDER BY rule
    RETURN collect(rule) AS rules, collect(score) AS scores, collect(ids) AS ids, sum(score) AS total
  }
  WITH *
  WHERE total >= $bounds.edge
  CALL (signs) {
    UNWIND signs AS x
    WITH x, x.e AS e, CASE x.e.sign WHEN 'E2' THEN 'rdp' WHEN 'E7' THEN 'winrm' WHEN 'E4' THEN 'network' WHEN 'R4.5' THEN 'rdp'
      ELSE CASE x.e.aim_service WHEN 'termsrv' THEN 'rdp' WHEN 'http' THEN 'winrm' WHEN 'wsman' THEN 'winrm' WHEN 'cifs' THEN 'network' WHEN 'host' THEN 'network' WHEN 'rpcss' THEN 'network' END END AS way
    ORDER BY e.at_us, e.id
    RETURN head(collect(coalesce(x.inside, e.aim, e.aim_address))) AS to_host, head(collect(e.toward)) AS to_id,
      coalesce(head(collect(CASE WHEN e.sign = 'E2' THEN way END)), head(collect(way)), 'unknown') AS kind,
      min(e.at_us) AS start_us, max(e.at_us) AS last_us, head(collect(e.peer_user)) AS to_user,
      head(collect(CASE WHEN e.own_user IS NOT NULL THEN e END)) AS said, min(CASE WHEN e.sign = 'R4.5' THEN e.address END) AS address,
      count(CASE WHEN x.how = 'logon' THEN 1 END) > 0 AS exact, count(CASE WHEN NOT x.after THEN 1 END) = 0 AS background,
      count(CASE WHEN e.kind = 'smbclient_31001' THEN null ELSE 1 END) = 0 AS refused, count(CASE WHEN e.kind = 'client_1027' THEN 1 END) > 0 AS entered,
      count(CASE WHEN e.sign = 'R4.5' THEN 1 END) > 0 AS passed
  }
  WITH *, o IS NOT NULL OR passed OR coalesce(said.by_person, false) AS people, CASE WHEN passed THEN 0 ELSE coalesce(h.ahead_us, 0) END AS late,
    coalesce(o.user, said.own_user) AS from_user, CASE WHEN o.user IS NOT NULL THEN o.account ELSE said.own_account END AS from_account,
    datetime({epochSeconds: 0}) + duration({microseconds: start_us}) AS d
  WITH *, 'move|out|' + replace(replace(coalesce(h.whole_id, h.id), '%', '%25'), '|', '%7C') + '|'
      + right('000' + toString(d.year), 4) + '-' + right('0' + toString(d.month), 2) + '-' + right('0' + toString(d.day), 2)
      + 'T' + right('0' + toString(d.hour), 2) + ':' + right('0' + toString(d.minute), 2) + ':' + right('0' + toString(d.second), 2)
      + '.' + right('00000' + toString(d.microsecond), 6) + 'Z|' + replace(replace(target, '%', '%25'), '|', '%7C') + '|'
      + coalesce(replace(replace(peer, '%', '%25'), '|', '%7C'), '-') + '|'
      + coalesce(replace(replace(substring(coalesce(o.whole_id, o.id), 8), '%', '%25'), '|', '%7C'), '-') AS id
  CREATE (m:Move {id: CASE WHEN size(id) > 1500 THEN left(id, 200) + '…' + signs[0].e.id ELSE id END})
  SET m.whole_id = CASE WHEN size(id) > 1500 THEN id END, m.from_session = coalesce(o.whole_id, o.id), m.from_id = o.id,
    m.from_host = CASE WHEN NOT passed THEN coalesce(h.whole_id, h.id) END, m.to_host = to_host, m.to_id = CASE WHEN signs[0].inside IS NOT NULL THEN to_id END,
    m.from_user = from_user, m.to_user = to_user, m.source_address = address, m.kind = kind, m.start_us = start_us + late, m.last_us = last_us + late,
    m.outcome = CASE WHEN refused THEN 'failed' WHEN entered THEN 'established' END,
    m.score = CASE WHEN total > $bounds.most THEN $bounds.most ELSE total END,
    m.band = CASE WHEN total >= $bounds.high THEN 'high' WHEN total >= $bounds.medium THEN 'medium' ELSE 'low' END,
    m.exact = exact, m.background = background, m.rule = 'R8.2a', m.count = size(ids[0]),
    m.credential_switch = coalesce($aliases[from_account], from_account) <> coalesce($aliases[peer], peer),
    m.hidden = CASE WHEN refused THEN 'failed' WHEN NOT people THEN 'infrastructure' END,
    m.evidence_rule = rules, m.evidence_score = scores
  WITH m, rules, scores, ids
  UNWIND range(0, size(rules) - 1) AS i
  UNWIND ids[i] AS uid
  MATCH (e:Event {id: uid})
  CREATE (m)-[:BECAUSE {rule: rules[i], score: scores[i]}]->(e)
} IN TRANSACTIONS OF 1000 ROWS
RETURN count(h) AS moves
