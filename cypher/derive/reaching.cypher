// title:   Both ends of a possible step: who arrived, and which host a sign of leaving aims at
// asks:    Which sessions came from somewhere else, and which host of the case did each sign mean?
// reads:   (:Session)-[:CAME_FROM]->(:Host {called, addresses}), (:Event {sign, aim_short, aim_address}), (:Address)-[:RESOLVES_TO]->(:Host)
// writes:  (:Event {toward, at_us}), (:Session {arrived_at, came_us, came_auth_us, came_desk_us, came_from, came_weight, from_address})
// events:  signs of leaving: Sysmon 3, 1; Security 5156, 4648, 4688, 4769; RDPClient 1024, 1102, 1027; NTLM 8001; SMBClient 31001; WinRM 6; gateway 302
// returns: signs
// limits:  a name that two hosts of the case bear means neither; under which access a sign was made is decided when a case is built (LEFT)
// see:     rules R8.1, R9.2
MATCH (e:Event)
WHERE e.sign IS NOT NULL
CALL (e) {
  SET e.toward = null, e.met = null, e.at_us = e.time_us
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS signs;

MATCH (h:Host)
UNWIND h.called AS name
MATCH (e:Event {aim_short: name})
CALL (h, e) {
  SET e.toward = h.id
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS signs;

// By the owner of the address then, or by what a host says of its own addresses.
MATCH (e:Event)
WHERE e.sign IS NOT NULL AND e.aim_address IS NOT NULL AND e.toward IS NULL
WITH e.aim_address AS address, collect(e) AS signs
CALL (address) {
  CALL (address) {
    MATCH (:Address {id: address})-[b:RESOLVES_TO]->(o:Host)
    RETURN o, b.weight AS weight, b.valid_from_us AS since, b.valid_to_us AS until
    UNION ALL
    MATCH (o:Host)
    WHERE address IN o.addresses
    RETURN o, 1 AS weight, o.first_us AS since, o.last_us AS until
  }
  RETURN collect({host: o.id, whole: coalesce(o.whole_id, o.id), weight: weight, since: since, until: until}) AS spans
}
WITH signs, spans
WHERE size(spans) > 0
UNWIND signs AS e
CALL (e, spans) {
  CALL (e, spans) {
    UNWIND spans AS b
    WITH b, CASE WHEN e.time_us < b.since THEN b.since - e.time_us WHEN e.time_us > b.until THEN e.time_us - b.until ELSE 0 END AS away
    WHERE away <= 86400000000
    WITH b.host AS host ORDER BY away, b.weight * (86400000000 - away) / 86400000000 DESC, b.whole
    RETURN head(collect(host)) AS host
  }
  SET e.toward = host
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(e) AS signs;

MATCH (s:Session)
WHERE s.came_us IS NOT NULL
CALL (s) {
  SET s.arrived_at = null, s.came_us = null, s.came_auth_us = null, s.came_desk_us = null, s.came_from = null, s.came_weight = null, s.from_address = null
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(s) AS signs;

MATCH (s:Session)-[:ON_HOST]->(h:Host)
WHERE s.class IN ['user', 'machine'] AND s.source_class <> 'local' AND NOT 'seen_at_dc_only' IN s.flags
  AND (s.source_address IS NOT NULL OR s.kind IN ['rdp', 'network', 'winrm', 'wmi', 'ssh', 'cleartext'])
  AND coalesce(s.start_us, s.start_latest_us) IS NOT NULL
CALL (s, h) {
  OPTIONAL MATCH (s)-[r:CAME_FROM]->(o:Host)
  SET s.arrived_at = h.id, s.came_us = coalesce(s.start_us, s.start_latest_us),
    s.came_auth_us = coalesce(s.auth_us, s.start_us, s.start_latest_us),
    s.came_desk_us = coalesce(s.session_us, s.auth_us, s.start_us, s.start_latest_us),
    s.came_from = CASE WHEN o.id <> h.id AND s.source_class <> 'tunnelled' THEN o.id END, s.came_weight = r.weight,
    s.from_address = coalesce(s.origin_address, s.source_address)
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(s) AS signs
