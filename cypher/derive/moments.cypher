// title:   When each access began, was authenticated, came to its desktop, and ended
// asks:    What do the events of an access say of its times, its outcome and its end?
// reads:   (:Event)-[:PART_OF]->(:Access)-[:ON]->(:Host)
// writes:  (:Access {outcome, desk, first_us, start_us, auth_us, session_us, end_us, end_kind, end_reason, …})
// events:  all that are linked to the access, by role and kind
// param:   hosts texts = null ; ids of hosts to derive; null for all
// param:   end_us int = 5000000 ; a sign of logoff lies this close to the end; microseconds
// returns: accesses
// limits:  an end that no event tells is inferred with its bounds, or stays open
// see:     rules R5.3-R5.5, R4.6
UNWIND coalesce($hosts, COLLECT { MATCH (x:Host) RETURN x.id }) AS host
MATCH (h:Host {id: host})<-[:ON]-(a:Access)
CALL (a) {
  OPTIONAL MATCH (e:Event)-[p:PART_OF]->(a)
  WITH a, e, p, e.time_us AS at, e.kind AS kind, p.role AS role, coalesce(p.how <> 'cancelled', true) AS stands
  WITH a, e, at, kind, role,
    role IN ['DISCONNECT', 'LOGOFF_DONE', 'LOGOFF_INIT'] AND stands AS ending,
    role IN ['AUTH_OK', 'AUTH_FAIL', 'NLA_PRECURSOR', 'SESSION_CREATE', 'LINKED_TOKEN', 'RECONNECT', 'ARBITRATION', 'SHELL_START'] AS begins,
    kind = 'lsm_40' AND role = 'DISCONNECT' AS cut
  WITH *, ending AND (kind IN ['lsm_23', 'winlogon_7002', 'security_4647'] OR (kind = 'lsm_40' AND e.reason IN [12, 2])) AS off
  ORDER BY e.ord
  WITH a,
    head(collect(at)) AS first_us,
    min(CASE WHEN kind IN ['core_131', 'rcm_261', 'ssh_4'] AND role = 'CONNECT' THEN at END) AS contact_us,
    min(CASE WHEN begins THEN at END) AS begin_us,
    head(collect(CASE WHEN kind IN ['rcm_1149', 'ssh_4'] AND role = 'AUTH_OK' THEN at END)) AS passed_us,
    head(collect(CASE WHEN kind = 'security_4624' AND role IN ['NLA_PRECURSOR', 'SESSION_CREATE'] THEN at END)) AS logged_us,
    head(collect(CASE WHEN kind IN ['lsm_21', 'lsm_25'] AND role IN ['SESSION_CREATE', 'RECONNECT'] THEN at END)) AS session_us,
    head(collect(CASE WHEN role = 'AUTH_FAIL' THEN at END)) AS failed_us,
    last(collect(CASE WHEN role = 'AUTH_FAIL' THEN at END)) AS failed_last_us,
    min(CASE WHEN off THEN at END) AS off_first_us, max(CASE WHEN off THEN at END) AS off_last_us,
    coalesce(max(CASE WHEN cut AND e.reason = 5 THEN 1 END) = 1, false) AS taken_over,
    coalesce(max(CASE WHEN role = 'DISPLACED_BY' THEN 1 END) = 1, false) AS takes_over,
    collect(CASE WHEN cut THEN [e.reason] END) AS reasons,
    last(collect(CASE WHEN kind = 'security_4634' AND role = 'DISCONNECT' THEN at END)) AS precursor_us,
    max(CASE WHEN kind = 'security_4634' AND role = 'LOGOFF_DONE' THEN at END) AS destroyed_us,
    head(collect(CASE WHEN begins OR role = 'CONNECT' THEN e.era END)) AS first_era,
    head(collect(CASE WHEN ending AND kind = 'lsm_23' THEN [at, e.era] END)) AS e0,
    head(collect(CASE WHEN ending AND kind = 'lsm_24' THEN [at, e.era] END)) AS e1,
    head(collect(CASE WHEN ending AND kind = 'lsm_40' THEN [at, e.era] END)) AS e2,
    head(collect(CASE WHEN ending AND kind = 'security_4779' THEN [at, e.era] END)) AS e3,
    head(collect(CASE WHEN ending AND kind = 'winlogon_7002' THEN [at, e.era] END)) AS e4,
    head(collect(CASE WHEN ending AND kind = 'security_4647' THEN [at, e.era] END)) AS e5,
    head(collect(CASE WHEN ending AND kind IN ['core_103', 'core_102'] THEN [at, e.era] END)) AS e6,
    head(collect(CASE WHEN ending AND kind = 'ssh_4' THEN [at, e.era] END)) AS e7
  WITH *,
    CASE a.reached WHEN 'authenticated' THEN 'authenticated_no_shell' WHEN 'authenticated_unseen' THEN 'authenticated' ELSE a.reached END AS outcome,
    a.local IS NOT NULL OR (a.connection IS NOT NULL AND a.kind <> 'ssh') OR a.kind IN ['console', 'rdp'] AS desk,
    coalesce(contact_us, begin_us, first_us) AS begun_us,
    coalesce(passed_us, logged_us) AS auth_us,
    coalesce(e0, e1, e2, e3, e4, e5, e6, e7) AS told,
    a.boot_end_us AS boot_end_us,
    reduce(low = null, v IN [a.next_on_local_us, a.boot_end_us, a.successor_us] | CASE WHEN low IS NULL OR v < low THEN v ELSE low END) AS bound_us,
    reduce(high = null, v IN [destroyed_us, a.last_seen_us] | CASE WHEN high IS NULL OR v > high THEN v ELSE high END) AS last_us
  WITH *,
    CASE WHEN a.reached = 'failed' THEN coalesce(failed_us, first_us) WHEN a.opened_by <> 'before_coverage' THEN begun_us END AS start_us,
    outcome IN ['failed', 'denied'] AS failed,
    outcome = 'authenticated_no_shell' AS brief,
    precursor_us IS NOT NULL AND NOT a.lsm_covers AND NOT a.core_covers AND NOT coalesce(a.last_seen_us > precursor_us, false) AS by_precursor,
    destroyed_us IS NOT NULL AND a.local IS NOT NULL AND NOT a.lsm_covers AS by_token
  WITH *, desk AND NOT failed AND NOT brief AS gone
  WITH *,
    CASE
      WHEN outcome = 'failed' THEN start_us
      WHEN failed THEN coalesce(e2[0], e6[0], failed_last_us, start_us)
      WHEN brief THEN coalesce(e2[0], e1[0], e6[0], precursor_us)
      WHEN gone THEN told[0]
      WHEN a.kind = 'ssh' THEN coalesce(e7[0], destroyed_us)
    END AS told_us
  WITH *,
    CASE
      WHEN failed OR brief THEN told_us
      WHEN gone THEN coalesce(told_us, CASE WHEN by_precursor THEN precursor_us END, CASE WHEN by_token THEN destroyed_us END, bound_us)
      WHEN a.kind = 'ssh' THEN coalesce(told_us, last_us)
      ELSE last_us
    END AS found_us,
    CASE
      WHEN failed OR (brief AND told_us IS NOT NULL) THEN 'attempt_over'
      WHEN gone AND told_us IS NOT NULL THEN 'told'
      WHEN gone AND (by_precursor OR bound_us IS NOT NULL OR by_token) THEN 'inferred'
      WHEN (gone OR brief) AND a.lost_from_us IS NOT NULL THEN 'unobserved'
      WHEN gone OR brief THEN 'open_at_end_of_log'
      WHEN destroyed_us IS NOT NULL OR (a.kind = 'ssh' AND told_us IS NOT NULL) THEN 'closed'
      WHEN a.last_seen_us IS NOT NULL AND a.kind <> 'service' THEN 'inferred'
      WHEN a.kind IN ['service', 'batch', 'runas'] THEN CASE WHEN boot_end_us IS NOT NULL THEN 'inferred' ELSE 'open_at_end_of_log' END
      ELSE 'unobserved'
    END AS how
  WITH *, CASE WHEN found_us IS NULL AND how = 'inferred' THEN boot_end_us WHEN how <> 'open_at_end_of_log' THEN found_us END AS end_us
  WITH *,
    how = 'told' AND coalesce(abs(off_first_us - end_us) <= $end_us OR abs(off_last_us - end_us) <= $end_us, false) AS logged_off,
    CASE a.boot_end_kind WHEN 'clean' THEN 'shutdown' WHEN 'restart_requested' THEN 'restart' WHEN 'crash' THEN 'crash' ELSE 'started_again' END AS boot_word,
    reasons[0][0] AS code
  WITH *,
    CASE
      WHEN how = 'open_at_end_of_log' THEN null
      WHEN taken_over AND how = 'told' THEN 'displaced'
      WHEN failed THEN 'attempt_over'
      WHEN 'redirected_by_broker' IN a.flags THEN 'redirected_by_broker'
      WHEN logged_off THEN CASE WHEN any(r IN reasons WHERE r[0] = 2) THEN 'api_logoff' ELSE 'logoff' END
      WHEN how IN ['told', 'attempt_over'] THEN coalesce(
        CASE code
          WHEN 0 THEN 'client_closed_or_network' WHEN 1 THEN 'api_disconnect' WHEN 2 THEN 'api_logoff' WHEN 3 THEN 'idle_limit'
          WHEN 4 THEN 'time_limit' WHEN 5 THEN 'displaced' WHEN 6 THEN 'out_of_memory' WHEN 7 THEN 'denied'
          WHEN 9 THEN 'insufficient_privileges' WHEN 10 THEN 'fresh_credentials' WHEN 11 THEN 'user_disconnect' WHEN 12 THEN 'logoff'
          ELSE 'reason:' + toString(code)
        END,
        CASE WHEN off_first_us IS NOT NULL THEN 'logoff' WHEN brief THEN 'no_desktop' END)
      WHEN how = 'closed' THEN 'closed'
      WHEN how = 'unobserved' THEN CASE WHEN desk THEN 'lost_in_hole' END
      WHEN how = 'inferred' AND NOT desk THEN CASE WHEN a.last_seen_us IS NOT NULL THEN 'last_activity' ELSE boot_word END
      WHEN how = 'inferred' AND end_us = precursor_us THEN 'nla_end'
      WHEN how = 'inferred' AND end_us = a.next_on_local_us THEN 'next_on_session'
      WHEN how = 'inferred' AND end_us = a.successor_us THEN 'next_session'
      WHEN how = 'inferred' AND end_us = boot_end_us THEN boot_word
    END AS end_reason,
    CASE WHEN how = 'told' THEN CASE WHEN logged_off THEN 'logoff' ELSE 'disconnect' END ELSE how END AS end_kind
  SET a.outcome = outcome, a.desk = desk, a.first_us = first_us, a.start_us = start_us,
    a.start_earliest_us = coalesce(start_us, a.begun_after_us), a.start_latest_us = coalesce(start_us, begun_us),
    a.auth_us = auth_us, a.session_us = session_us, a.end_us = end_us,
    a.end_kind = end_kind, a.end_reason = end_reason,
    a.end_earliest_us = CASE
      WHEN how = 'inferred' THEN CASE
        WHEN a.last_seen_us <= end_us THEN a.last_seen_us
        WHEN a.last_seen_us > end_us THEN end_us
        ELSE coalesce(session_us, auth_us, start_us, begun_us)
      END
      WHEN end_us IS NULL THEN coalesce(a.last_seen_us, session_us, auth_us, start_us, begun_us)
      ELSE end_us
    END,
    a.end_latest_us = CASE
      WHEN how = 'inferred' THEN coalesce(bound_us, CASE WHEN desk THEN end_us END)
      WHEN end_us IS NULL THEN bound_us
      ELSE end_us
    END,
    a.takes_over = takes_over, a.first_era = first_era, a.end_era = CASE WHEN gone THEN told[1] END
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(a) AS accesses
