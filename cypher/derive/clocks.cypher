// title:   By how much the clocks of hosts differ, from connections that both ends logged
// asks:    How far is each host's clock ahead of the best-connected host's?
// reads:   (:Event {sign, own_address, own_port}), (:Event)-[:SOURCE_OF]->(:Session)-[:ON_HOST]->(:Host)
// writes:  (:Host {ahead_us}), (:Event {at_us}), (:Session {came_us, came_auth_us, came_desk_us}) as that clock would have them
// events:  Sysmon 3 and Security 5156 there; 4624, 4625, 4778, 4779, 5140, 5145, 131, 1149, WinRM 91, OpenSSH 4 here
// param:   windows map = null ; how near in time two things must lie, by evidence; microseconds
// param:   bounds map = null ; how many connections are enough
// param:   skew_us int = 5000000 ; a difference up to this is none; microseconds
// param:   skew_max_us int = 300000000 ; a difference beyond this is never assumed; microseconds
// returns: hosts
// limits:  hosts that no such connection ties to another keep their clocks; a difference that changed while the logs ran is told as its middle
// see:     window W_skew, rule R8.2
MATCH (h:Host)
WHERE h.ahead_us IS NOT NULL
CALL (h) {
  SET h.ahead_us = null
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(h) AS hosts;

// Pairs of hosts, the surer direction of each, the best-proven first; then a tree of them, grown pair by pair.
MATCH (m:Event)-[:SOURCE_OF]->(s:Session)-[:ON_HOST]->(t:Host)
WHERE s.source_class <> 'local' AND m.port > 0 AND m.address IS NOT NULL AND m.time_us IS NOT NULL
  AND m.kind IN ['security_4624', 'security_4625', 'security_4778', 'security_4779', 'security_5140', 'security_5145', 'core_131', 'rcm_1149', 'winrm_91', 'ssh_4']
MATCH (x:Event)-[:ON]->(h:Host)
WHERE x.own_address = m.address AND x.own_port = m.port AND x.sign = 'E1' AND h <> t AND (x.toward IS NULL OR x.toward = t.id)
  AND x.time_us >= m.time_us - $windows.clocks AND x.time_us <= m.time_us + $windows.clocks
WITH coalesce(h.whole_id, h.id) AS host, coalesce(t.whole_id, t.id) AS other, toInteger(percentileCont(x.time_us - m.time_us, 0.5)) AS ahead, count(*) AS seen
WHERE seen >= $bounds.enough
WITH host, other, ahead, seen, CASE WHEN host < other THEN host ELSE other END AS low, CASE WHEN host < other THEN other ELSE host END AS high
ORDER BY seen DESC, host
WITH low, high, collect({host: host, other: other, ahead: ahead, seen: seen}) AS both
WITH low, high, both[0] AS p, any(x IN both WHERE abs(x.ahead) > $skew_us) AS off
ORDER BY p.seen DESC, low, high
WITH collect(p) AS ties, max(CASE WHEN off THEN 1 ELSE 0 END) AS off
WHERE off = 1
WITH ties, COLLECT { UNWIND ties AS p UNWIND [p.host, p.other] AS name RETURN DISTINCT name ORDER BY name } AS names
WITH ties, names, reduce(at = [i IN range(0, size(names) - 1) | {part: i, ahead: 0}], p IN ties |
  [one IN [{a: at[[i IN range(0, size(names) - 1) WHERE names[i] = p.host][0]], b: at[[i IN range(0, size(names) - 1) WHERE names[i] = p.other][0]]}] |
    [x IN at | CASE WHEN one.a.part <> one.b.part AND x.part = one.b.part THEN {part: one.a.part, ahead: x.ahead + one.a.ahead - p.ahead - one.b.ahead} ELSE x END]][0]) AS at
UNWIND range(0, size(names) - 1) AS i
WITH at[i].part AS part, names[i] AS name, at[i].ahead AS ahead, reduce(n = 0, p IN ties | n + CASE WHEN names[i] IN [p.host, p.other] THEN p.seen ELSE 0 END) AS weight
ORDER BY weight DESC, name
WITH part, collect({name: name, ahead: ahead}) AS hosts
UNWIND hosts AS x
WITH x.name AS name, x.ahead - hosts[0].ahead AS ahead
WHERE ahead <> 0 AND abs(ahead) <= $skew_max_us
MATCH (h:Host)
WHERE coalesce(h.whole_id, h.id) = name
CALL (h, ahead) {
  SET h.ahead_us = ahead
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(h) AS hosts;

MATCH (h:Host)<-[:ON]-(e:Event)
WHERE h.ahead_us IS NOT NULL AND e.sign IS NOT NULL
CALL (h, e) {
  SET e.at_us = e.time_us - h.ahead_us
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(h) AS hosts;

MATCH (h:Host)<-[:ON_HOST]-(s:Session)
WHERE h.ahead_us IS NOT NULL AND s.came_us IS NOT NULL
CALL (h, s) {
  SET s.came_us = s.came_us - h.ahead_us, s.came_auth_us = s.came_auth_us - h.ahead_us, s.came_desk_us = s.came_desk_us - h.ahead_us
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(h) AS hosts
