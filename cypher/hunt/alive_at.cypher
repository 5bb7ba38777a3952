// title:   Logon sessions alive at a moment
// asks:    Which logon sessions were alive at $at, as Sysinternals LogonSessions would have listed
//          them?
// reads:   (:LogonSession)-[:DURING_BOOT]->(:Boot)-[:OF]->(:Host)
// events:  Security 4624, 4634, 4647; all that carry a LUID
// param:   at time = null ; the moment; without one, the last that each host logged
// returns: host, logon_id, user, class, logon_type, role, source_address, start_us, access_end_us,
//          destroyed_us, after_access_end, logon, at_us
// limits:  only what the logs name: `graphsess alive` adds the constants of every boot. A token
//          without a 4634 counts as gone when its access ended; a host whose logs do not reach the
//          moment lists nothing
// see:     https://learn.microsoft.com/sysinternals/downloads/logonsessions
MATCH (h:Host)
WITH h, coalesce($at, h.last_us) AS at_us
WHERE h.first_us <= at_us AND at_us <= h.last_us
MATCH (h)<-[:OF]-(b:Boot)
WITH h, at_us, b
ORDER BY b.boot
WITH h, at_us, collect(b) AS boots
UNWIND range(0, size(boots) - 1) AS i
WITH h, at_us, boots[i] AS b, coalesce(boots[i].end_us, boots[i + 1].start_us) AS until_us
WHERE (b.start_us IS NULL OR b.start_us <= at_us) AND (until_us IS NULL OR until_us > at_us)
WITH h, at_us, b
ORDER BY coalesce(b.start_us, -1) DESC, b.boot DESC
WITH h, at_us, collect(b)[0] AS b
MATCH (l:LogonSession)-[:DURING_BOOT]->(b)
WITH h, at_us, l, coalesce(l.start_us, l.start_latest_us, l.start_earliest_us, b.start_us) AS begin_us, coalesce(l.access_end_us, CASE WHEN l.end_kind = 'unobserved' THEN l.last_seen_us END) AS until_us
WITH h, at_us, l, begin_us, until_us, coalesce(l.destroyed_us, until_us) AS gone_us
WHERE (begin_us IS NULL OR begin_us <= at_us) AND (gone_us IS NULL OR gone_us > at_us)
RETURN h.name AS host, split(l.id, '|')[-1] AS logon_id, l.user AS user, l.class AS class, l.logon_type AS logon_type, l.role AS role, l.source_address AS source_address, l.start_us AS start_us, l.access_end_us AS access_end_us, l.destroyed_us AS destroyed_us, coalesce(until_us <= at_us, false) AS after_access_end, l.id AS logon, at_us
ORDER BY host, logon
