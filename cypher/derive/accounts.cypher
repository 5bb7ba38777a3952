// title:   Which account each session is of, over all hosts
// asks:    Whose is a session of which only a name is logged?
// reads:   (:Session)-[:OF]->(:Access), (:Session)-[:SAME_ATTEMPT]->(:Session)
// writes:  (:Session {account_key})
// events:  those of the sessions
// returns: sessions
// limits:  a name that several SIDs bear stays a name; a controller's record of an attempt that the asked host logged too is of nobody
// see:     graphsess/across/accounts.py
MATCH (s:Session)
WHERE s.account_key IS NOT NULL
CALL (s) {
  SET s.account_key = null
} IN TRANSACTIONS OF 10000 ROWS
RETURN count(s) AS sessions;

MATCH (s:Session)-[:OF {position: 0}]->(a:Access)
WHERE NOT EXISTS { (s)-[:SAME_ATTEMPT]->(:Session) } AND coalesce(s.sid, a.tried) IS NOT NULL
WITH a.tried AS name, collect(s) AS some, collect(DISTINCT s.sid) AS sids
CALL (name, some, sids) {
  UNWIND some AS s
  SET s.account_key = coalesce(s.sid, CASE WHEN size(sids) = 1 THEN sids[0] END, name)
} IN TRANSACTIONS OF 100 ROWS
RETURN count(some) AS sessions
