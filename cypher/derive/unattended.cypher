// title:   Accounts at which nobody ever sits and that always go the same way: services
// asks:    Which steps are a service's own routine?
// reads:   (:Move), (:Session {kind, account})
// writes:  (:Move {hidden})
// events:  those of the steps
// param:   bounds map = null ; so many steps make a routine
// returns: moves
// limits:  a service's account in an intruder's hands that keeps to its way is not told from the service
// see:     rule R8.9
MATCH (m:Move)
WHERE m.account IS NOT NULL
WITH m.account AS account, collect(m) AS moves, count(CASE WHEN m.from_host IS NULL OR m.from_session IS NOT NULL THEN 1 END) AS unlike,
  count(DISTINCT [m.from_host, m.to_host]) AS ways
WHERE ways = 1 AND unlike = 0 AND size(moves) >= $bounds.routine
WITH collect({account: account, moves: moves}) AS found,
  COLLECT { MATCH (s:Session) WHERE s.kind IN ['console', 'rdp', 'runas', 'ssh', 'winrm'] AND s.user IS NOT NULL RETURN DISTINCT s.account } AS sat
UNWIND found AS x
WITH x, sat
WHERE NOT x.account IN sat
UNWIND x.moves AS m
WITH m
WHERE m.hidden IS NULL
CALL (m) {
  SET m.hidden = 'service'
} IN TRANSACTIONS OF 5000 ROWS
RETURN count(m) AS moves
