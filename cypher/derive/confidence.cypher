// title:   How well each session is known: four facets, a mean and a band
// asks:    How many channels bear witness to start, user, source and end of a session?
// reads:   (:Event)-[:PART_OF]->(:Access)<-[:OF]-(:Session)
// writes:  (:Session {confidence, confidence_start, confidence_user, confidence_source, confidence_end, confidence_band, end_band, confidence_reasons})
// events:  those of the session's accesses, by channel and by how they were joined
// param:   hosts texts = null ; ids of hosts to derive; null for all
// returns: sessions
// limits:  it counts agreeing channels; it knows nothing of forged logs; a ranking aid, no probability
// see:     rules R5.11, R5.12
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON_HOST]-(s:Session)
CALL (s) {
  CALL (s) {
    OPTIONAL MATCH (s)-[:OF]->(:Access)<-[p:PART_OF]-(e:Event)
    WITH s, e, p.role AS role, p.how AS how, e.kind AS kind, e.channel AS channel
    WITH s, e, role, how, kind, channel,
      role IN ['CONNECT', 'AUTH_OK', 'AUTH_FAIL', 'NLA_PRECURSOR', 'SESSION_CREATE', 'RECONNECT'] AS begins,
      e.sam = s.sam AND NOT role IN ['COMPANION', 'BYPRODUCT', 'DISPLACED_BY'] AS named
    WITH s, e, role, how, kind, channel, begins, named,
      e.address IS NOT NULL AND begins AND NOT kind CONTAINS '4778' AND NOT kind CONTAINS '4779' AS told
    RETURN count(DISTINCT CASE WHEN begins AND how <> 'window' THEN channel END) AS start_channels,
      count(CASE WHEN begins AND (kind STARTS WITH 'rcm_' OR kind STARTS WITH 'lsm_' OR kind STARTS WITH 'core_') AND how = 'window' THEN 1 END) > 0 AS start_window,
      count(DISTINCT CASE WHEN named THEN channel END) AS user_channels,
      count(DISTINCT CASE WHEN told AND e.address = s.source_address THEN channel END) AS source_channels,
      count(CASE WHEN told AND e.address <> s.source_address THEN 1 END) > 0 AS source_differs,
      count(CASE WHEN role = 'AUTH_FAIL' AND kind = 'security_4625' AND how = 'window' THEN 1 END) > 0 AS source_doubtful,
      count(CASE WHEN told AND e.address = s.source_address AND how = 'window' THEN 1 END) > 0 AS source_window,
      count(DISTINCT CASE WHEN role IN ['DISCONNECT', 'LOGOFF_DONE', 'LOGOFF_INIT'] THEN channel END) AS end_channels,
      count(e) > 0 AND count(CASE WHEN NOT e.carved THEN 1 END) = 0 AS all_carved
  }
  MATCH (s)-[:OF {position: 0}]->(a:Access)
  WITH *, 'ambiguous' IN s.access_flags AS doubtful, 'clock_jump' IN s.flags AS jump,
    CASE WHEN all_carved THEN 10 ELSE 0 END AS cost, s.user IS NULL AND s.attempted_user IS NULL AS nobody
  WITH *,
    CASE WHEN s.start_us IS NULL THEN 0 WHEN start_window THEN 12 WHEN start_channels >= 2 THEN 25 ELSE 18 END
      - CASE WHEN doubtful THEN 10 ELSE 0 END - CASE WHEN jump THEN 10 ELSE 0 END - cost AS s0,
    CASE WHEN nobody THEN 0 WHEN user_channels >= 2 THEN 25 WHEN user_channels = 1 THEN 18 ELSE 6 END - cost AS u0,
    CASE
      WHEN s.kind IN ['console', 'runas', 'batch', 'service'] THEN null
      WHEN s.source_address IS NULL AND s.source_name IS NULL THEN 0
      WHEN s.source_address IS NULL THEN 6
      WHEN s.source_class = 'tunnelled' THEN 6
      WHEN source_doubtful THEN 8
      WHEN source_differs THEN CASE WHEN source_channels >= 2 THEN 15 ELSE 8 END
      WHEN doubtful THEN 8
      WHEN source_channels >= 2 THEN 25
      WHEN source_window AND source_channels = 0 THEN 12
      ELSE 18
    END - cost AS x0,
    CASE
      WHEN s.outcome IN ['failed', 'denied'] OR (s.end_kind = 'open_at_end_of_log' AND (a.lsm_covers OR a.security_covers)) THEN null
      WHEN s.end_kind IN ['unobserved', 'open_at_end_of_log'] THEN 0
      WHEN s.end_kind = 'inferred' THEN 6
      WHEN end_channels >= 2 THEN 25
      ELSE 18
    END - CASE WHEN jump THEN 10 ELSE 0 END - cost AS e0
  WITH *, CASE WHEN s0 < 0 THEN 0 ELSE s0 END AS start, CASE WHEN u0 < 0 THEN 0 ELSE u0 END AS user,
    CASE WHEN x0 < 0 THEN 0 ELSE x0 END AS source, CASE WHEN e0 < 0 THEN 0 ELSE e0 END AS end
  WITH *, [v IN [start, user, source, end] WHERE v IS NOT NULL] AS facets, [v IN [start, user, source] WHERE v IS NOT NULL] AS front
  SET s.confidence_start = start, s.confidence_user = user, s.confidence_source = source, s.confidence_end = end,
    s.confidence = reduce(total = 0, v IN facets | total + v) * 4 / size(facets),
    s.confidence_band = CASE WHEN all(v IN front WHERE v >= 18) THEN 'high' WHEN any(v IN front WHERE v <= 6) THEN 'low' ELSE 'medium' END,
    s.end_band = CASE WHEN end >= 18 THEN 'high' WHEN end <= 6 THEN 'low' WHEN end IS NOT NULL THEN 'medium' END,
    s.confidence_reasons = [r IN [
      CASE WHEN s.start_us IS NULL THEN 'start_before_coverage' END,
      CASE WHEN start_window THEN 'start_by_time_window' END,
      CASE WHEN doubtful THEN 'start_of_several_candidates' END,
      CASE WHEN NOT start_window AND start_channels >= 2 THEN 'start_channels_agree' END,
      CASE WHEN nobody THEN 'user_not_logged' END,
      CASE WHEN user_channels >= 2 THEN 'user_channels_agree' END,
      CASE WHEN s.source_address IS NULL AND s.source_name IS NOT NULL THEN 'source_by_client_name_only' END,
      CASE WHEN source_channels >= 2 THEN 'source_channels_agree' END,
      CASE WHEN source_differs THEN 'source_conflict' END,
      CASE WHEN source_doubtful THEN 'source_conflict_of_candidates' END,
      CASE WHEN s.source_class = 'tunnelled' THEN 'source_tunnelled' END,
      CASE WHEN s.end_kind = 'inferred' THEN 'end_inferred' END,
      CASE WHEN s.end_kind = 'unobserved' THEN 'end_not_observed' END,
      CASE WHEN end_channels >= 2 THEN 'end_channels_agree' END,
      CASE WHEN jump THEN 'clock_jump' END,
      CASE WHEN all_carved THEN 'carved_only' END
    ] WHERE r IS NOT NULL]
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(s) AS sessions
