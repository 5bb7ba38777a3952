// title:   What speaks for a session's having come from a host, and there from a session: E0 to E8, E10
// asks:    Which addresses, connections, clients, credentials, tickets, programs and names point where?
// reads:   (:Event {sign, toward})-[:LEFT]->(:Access)<-[:OF]-(:Session), (:Event)-[:SOURCE_OF]->(:Session {came_us})
// writes:  (:Session)-[:HINTS_AT {rule, points, score, session, user, account, exact, after, uids}]->(:Host), (:Session)-[:MAY_COME_FROM]->(:Host), (:Event {met})
// events:  signs of leaving on every host, and an arriving session's own records
// param:   points map = null ; points of each piece of evidence
// param:   windows map = null ; how long a sign may precede and follow the arrival, by evidence; microseconds
// param:   bounds map = null ; from which weight on an address is surely, or fairly, a host's
// param:   aliases map = null ; accounts of one person: each name and the first of its group
// returns: sessions
// limits:  evidence without a session there speaks for the host alone, and so for each of its sessions
// see:     rule R8.2
MATCH (:Session)-[r:HINTS_AT|MAY_COME_FROM]->(:Host)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(r) AS sessions;

// E0: the address was that host's. E10: the client's hours from UTC fit the host's own.
MATCH (s:Session)
WHERE s.came_us IS NOT NULL AND s.came_from IS NOT NULL
CALL (s) {
  MATCH (s)-[r:CAME_FROM]->(h:Host)
  FOREACH (points IN CASE WHEN r.weight >= $bounds.strong THEN ['E0'] WHEN r.weight >= $bounds.fair THEN ['E0 weak'] ELSE [] END |
    CREATE (s)-[:HINTS_AT {rule: 'E0', points: points, score: $points[points], exact: false, after: false, uids: r.uids}]->(h))
  FOREACH (points IN CASE WHEN s.client_hours - h.own_hours IN [0, $bounds.summer] THEN ['E10'] ELSE [] END |
    CREATE (s)-[:HINTS_AT {rule: 'E10', points: points, score: $points[points], exact: false, after: false, uids: []}]->(h))
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E1: the port that the target saw is one that a process there had opened.
MATCH (s:Session)-[:ON_HOST]->(t:Host)
WHERE s.came_us IS NOT NULL AND s.from_address IS NOT NULL
CALL (s, t) {
  MATCH (m:Event)-[:SOURCE_OF]->(s)
  WHERE m.port > 0 AND m.time_us IS NOT NULL
    AND m.kind IN ['security_4624', 'security_4625', 'security_4778', 'security_4779', 'security_5140', 'security_5145', 'core_131', 'rcm_1149', 'winrm_91', 'ssh_4']
  MATCH (x:Event)
  WHERE x.own_address = s.from_address AND x.own_port = m.port AND x.sign = 'E1' AND (x.toward IS NULL OR x.toward = t.id)
    AND x.at_us >= m.time_us - coalesce(t.ahead_us, 0) - $windows.E1[0] AND x.at_us <= m.time_us - coalesce(t.ahead_us, 0) + $windows.E1[1]
  MATCH (x)-[:ON]->(h:Host)
  WHERE h <> t
  OPTIONAL MATCH (x)-[l:LEFT]->(:Access)<-[:OF]-(o:Session)
  WITH s, h, o, CASE WHEN o IS NULL AND x.by_person THEN x END AS said, m, x, l
  WITH s, h, o, said.own_user AS user, said.own_account AS account, collect(m.id) + collect(x.id) AS ids,
    count(CASE WHEN l.how = 'logon' THEN 1 END) > 0 AS exact, count(CASE WHEN coalesce(l.after, false) THEN null ELSE 1 END) = 0 AS after
  CREATE (s)-[:HINTS_AT {rule: 'E1', points: 'E1', score: $points.E1, session: o.id, user: user, account: account, exact: exact, after: after,
    uids: COLLECT { UNWIND ids AS id RETURN DISTINCT id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS sessions;

// E3, E4, E6, E7: a sign that names this host. Where the address of an arrival agrees, the sign is of none other.
MATCH (x:Event)-[:ON]->(h:Host)
WHERE x.sign IN ['E3', 'E4', 'E6', 'E7'] AND x.toward IS NOT NULL AND x.toward <> h.id
CALL (x, h) {
  MATCH (s:Session)
  WHERE s.arrived_at = x.toward AND s.came_us >= x.at_us - $windows[x.sign][1] AND s.came_us <= x.at_us + $windows[x.sign][0]
    AND (x.peer = s.account OR (x.peer IS NULL AND x.sign <> 'E3')) AND (x.sign <> 'E7' OR s.kind IN ['winrm', 'network'])
    AND (s.came_from IS NULL OR s.came_from = h.id OR s.came_weight < $bounds.strong)
  WITH h, collect(CASE WHEN s.came_from = h.id THEN s END) AS agreeing, collect(s) AS every
  UNWIND CASE WHEN size(agreeing) > 0 THEN agreeing ELSE every END AS s
  RETURN s
}
OPTIONAL MATCH (x)-[l:LEFT]->(:Access)<-[:OF]-(o:Session)
WITH s, h, x.sign AS rule, o.id AS session, collect(DISTINCT x.id) AS ids,
  count(CASE WHEN l.how = 'logon' THEN 1 END) > 0 AS exact, count(CASE WHEN coalesce(l.after, false) THEN null ELSE 1 END) = 0 AS after
CALL (s, h, rule, session, ids, exact, after) {
  CREATE (s)-[:HINTS_AT {rule: rule, points: rule, score: $points[rule], session: session, exact: exact, after: after,
    uids: COLLECT { UNWIND ids AS id RETURN id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E2: the remote desktop client there named this host, and got the desktop that it opened.
MATCH (s:Session {kind: 'rdp'})
WHERE s.came_us IS NOT NULL
CALL (s) {
  MATCH (x:Event)
  WHERE x.toward = s.arrived_at AND x.sign = 'E2' AND x.at_us >= s.came_auth_us - $windows.E2[0] AND x.at_us <= s.came_auth_us + $windows.E2[1] AND x.kind <> 'client_1027'
  RETURN x, 'E2' AS points
  UNION ALL
  MATCH (x:Event)
  WHERE x.toward = s.arrived_at AND x.sign = 'E2' AND x.at_us >= s.came_desk_us - $windows.prompt AND x.at_us <= s.came_desk_us + $windows.prompt AND x.kind = 'client_1027'
    AND x.ts_id = s.ts_id
  RETURN x, 'E2 desktop' AS points
}
MATCH (x)-[:ON]->(h:Host)
WHERE s.came_from IS NULL OR s.came_from = h.id OR s.came_weight < $bounds.strong
WITH x, h, points, collect(CASE WHEN s.came_from = h.id THEN s END) AS agreeing, collect(s) AS every
UNWIND CASE WHEN size(agreeing) > 0 THEN agreeing ELSE every END AS s
WITH x, h, points, s
WHERE s.arrived_at <> h.id
OPTIONAL MATCH (x)-[l:LEFT]->(:Access)<-[:OF]-(o:Session)
WITH s, h, points, o.id AS session, collect(DISTINCT x.id) AS ids,
  count(CASE WHEN l.how = 'logon' THEN 1 END) > 0 AS exact, count(CASE WHEN coalesce(l.after, false) THEN null ELSE 1 END) = 0 AS after
CALL (s, h, points, session, ids, exact, after) {
  CREATE (s)-[:HINTS_AT {rule: 'E2', points: points, score: $points[points], session: session, exact: exact, after: after,
    uids: COLLECT { UNWIND ids AS id RETURN id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E5: the last ticket for this host and account from the same address.
MATCH (s:Session)
WHERE s.came_us IS NOT NULL AND s.came_from IS NOT NULL AND s.from_address IS NOT NULL
CALL (s) {
  CALL (s) {
    MATCH (x:Event)
    WHERE x.toward = s.arrived_at AND x.sign = 'E5' AND x.own_address = s.from_address AND x.at_us >= s.came_us - $windows.ticket AND x.at_us <= s.came_us + $windows.late
      AND x.peer = s.account
    RETURN x ORDER BY x.at_us DESC, x.id DESC LIMIT 1
  }
  MATCH (h:Host {id: s.came_from})
  CREATE (s)-[:HINTS_AT {rule: 'E5', points: 'E5', score: $points.E5, exact: false, after: false, uids: [x.id]}]->(h)
  WITH s, x, h
  WHERE EXISTS { MATCH (y:Event)-[:ON]->(h) WHERE y.sign = 'E3' AND y.logon_guid = x.logon_guid }
  CREATE (s)-[:HINTS_AT {rule: 'E5', points: 'E5 same', score: $points['E5 same'], exact: false, after: false, uids: [x.id]}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E7: a person's connection to the WinRM port, if only one host opened one: the target logs neither address nor port of such a logon.
MATCH (s:Session {kind: 'winrm'})
WHERE s.came_us IS NOT NULL AND s.source_address IS NULL
CALL (s) {
  MATCH (x:Event)-[:ON]->(h:Host)
  WHERE x.toward = s.arrived_at AND x.sign = 'E1' AND x.at_us >= s.came_us - $windows.E7[0] AND x.at_us <= s.came_us + $windows.E7[1] AND x.aim_port IN [5985, 5986]
    AND (x.by_person OR EXISTS { (x)-[:LEFT]->(:Access) })
  WITH collect({x: x, h: h}) AS near, count(DISTINCT h) AS hosts
  WHERE hosts = 1
  UNWIND near AS n
  RETURN n.x AS x, n.h AS h
}
WITH x, h, collect(CASE WHEN s.came_from = h.id THEN s END) AS agreeing, collect(s) AS every
UNWIND CASE WHEN size(agreeing) > 0 THEN agreeing ELSE every END AS s
WITH x, h, s
WHERE s.arrived_at <> h.id
OPTIONAL MATCH (x)-[l:LEFT]->(:Access)<-[:OF]-(o:Session)
WITH s, h, o.id AS session, collect(DISTINCT x.id) AS ids,
  count(CASE WHEN l.how = 'logon' THEN 1 END) > 0 AS exact, count(CASE WHEN coalesce(l.after, false) THEN null ELSE 1 END) = 0 AS after
CALL (s, h, session, ids, exact, after) {
  CREATE (s)-[:HINTS_AT {rule: 'E7', points: 'E7', score: $points.E7, session: session, exact: exact, after: after,
    uids: COLLECT { UNWIND ids AS id RETURN id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E7: the server's own word on the client's address.
MATCH (m:Event {kind: 'winrm_91'})-[:SOURCE_OF]->(s:Session)
WHERE s.came_us IS NOT NULL AND s.came_from IS NOT NULL AND m.time_us IS NOT NULL
WITH s, collect(DISTINCT m.id) AS ids
CALL (s, ids) {
  MATCH (h:Host {id: s.came_from})
  CREATE (s)-[:HINTS_AT {rule: 'E7', points: 'E7', score: $points.E7, exact: false, after: false, uids: COLLECT { UNWIND ids AS id RETURN id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// E8: the client's own name; where its address is nobody's, the name alone.
MATCH (h:Host)
UNWIND h.called AS name
MATCH (m:Event {client: name})-[:SOURCE_OF]->(s:Session)
WHERE s.came_us IS NOT NULL AND m.time_us IS NOT NULL AND s.arrived_at <> h.id AND (s.came_from IS NULL OR s.came_from = h.id)
WITH s, h, collect(DISTINCT m.id) AS ids
CALL (s, h, ids) {
  CREATE (s)-[:HINTS_AT {rule: 'E8', points: 'E8', score: $points.E8, exact: false, after: false, uids: COLLECT { UNWIND ids AS id RETURN id ORDER BY id }}]->(h)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

// Every host that anything speaks for; on a gateway nobody is looked for by account.
WITH COLLECT { MATCH (:Event {sign: 'R4.5'})-[:ON]->(g:Host) RETURN DISTINCT g.id } AS gates
MATCH (s:Session)-[:HINTS_AT]->(h:Host)
WITH DISTINCT s, h, gates
CALL (s, h, gates) {
  CREATE (s)-[c:MAY_COME_FROM]->(h)
  SET c.from_host = h.id, c.came_us = s.came_us
  WITH s, h, c
  WHERE NOT h.id IN gates
  SET c.person = left(coalesce($aliases[s.account], s.account), 1000), c.sid = left(s.sid, 1000)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS sessions;

MATCH (:Session)-[r:HINTS_AT]->(:Host)
WHERE r.rule IN ['E1', 'E2', 'E3', 'E4', 'E6', 'E7']
UNWIND r.uids AS uid
WITH DISTINCT uid
MATCH (e:Event {id: uid})
WHERE e.sign IS NOT NULL
CALL (e) {
  SET e.met = true
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS sessions
