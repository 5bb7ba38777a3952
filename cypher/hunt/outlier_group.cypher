// title:   Accounts with places that stand out
// asks:    Which account stands out with which address, range or host, with a score of at least
//          $min_score, and why?
// reads:   (:Group)
// events:  those of the sessions: Security 4624, 4778; LSM 21, 25; RCM 1149; RdpCoreTS 131;
//          OpenSSH 4
// param:   by text = "address" ; address, range or host
// param:   min_score int = 30 ; sum of the points of all reasons
// param:   hidden bool = false ; also groups that are hidden by default
// returns: user, by, address, range, host, score, reasons, sessions, failures, hosts, first_us,
//          last_us
// limits:  a score ranks, it proves nothing. Reasons are codes: `graphsess groups` says them in
//          words
// see:     https://attack.mitre.org/techniques/T1078/
MATCH (g:Group)
WHERE g.by = $by AND g.outlier_score >= $min_score AND ($hidden OR g.hidden IS NULL)
RETURN g.user AS user, g.by AS by, g.source_address AS address, g.source_range AS range, g.host AS host, g.outlier_score AS score, g.reasons AS reasons, g.sessions AS sessions, g.failures AS failures, g.hosts AS hosts, g.first_us AS first_us, g.last_us AS last_us
ORDER BY score DESC, g.id
