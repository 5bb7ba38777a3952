// title:   In which session each activity ran
// asks:    During which session was it done, how is that known, and which others may it have been?
// reads:   (:Activity {session, candidate_session}), (:Session)
// writes:  (:Activity)-[:DURING {method, confidence, while_disconnected, rule}]->(:Session), (:Activity)-[:MAY_BE_OF]->(:Session)
// events:  every event that is an activity
// returns: activities
// limits:  the session of an activity is worked out when a case is built; here both are tied together
// see:     rules R7.1-R7.6
MATCH (a:Activity)-[r:DURING|MAY_BE_OF]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS activities;

MATCH (a:Activity)
CALL (a) {
  OPTIONAL MATCH (s:Session {id: a.session})
  FOREACH (t IN CASE WHEN s IS NULL THEN [] ELSE [s] END |
    CREATE (a)-[:DURING {method: a.method, confidence: a.confidence, while_disconnected: a.while_disconnected, rule: a.activity_rule}]->(t))
  WITH a
  UNWIND range(0, size(coalesce(a.candidate_session, [])) - 1) AS i
  MATCH (s:Session {id: a.candidate_session[i]})
  CREATE (a)-[:MAY_BE_OF {confidence: a.candidate_confidence[i]}]->(s)
} IN TRANSACTIONS OF 2000 ROWS
RETURN count(a) AS activities
