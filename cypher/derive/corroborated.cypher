// title:   Attempts that a domain controller saw too: one attempt, not two
// asks:    Which session of a controller is the same attempt as a session of the host that was asked?
// reads:   (:Access)-[:SAME_ATTEMPT]->(:Access), (:Session)-[:OF]->(:Access)
// writes:  (:Session)-[:SAME_ATTEMPT {rule}]->(:Session)
// events:  4768, 4771, 4776 of a controller beside 4625, 140 of the host that was asked
// returns: pairs
// limits:  which records tell of one attempt is decided when a case is built, one to one, nearest first
// see:     rule R5.6
MATCH (:Session)-[r:SAME_ATTEMPT]->(:Session)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(r) AS pairs;

MATCH (h:Host)<-[:ON_HOST]-(d:Session)-[:OF]->(:Access)-[r:SAME_ATTEMPT]->(:Access)<-[:OF]-(s:Session)
CALL (d, s, r) {
  MERGE (d)-[x:SAME_ATTEMPT]->(s)
  SET x.rule = r.rule
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(d) AS pairs
