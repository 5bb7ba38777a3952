// title:   Chains that began outside
// asks:    Which chains of moves, with at least $min_score at their weakest, began at an external
//          address or in a tunnel?
// reads:   (:Chain)
// events:  those of the two sessions; Security 4648, 4769, 5156; Sysmon 1, 3; RDPClient 1024,
//          1102; WinRM 6, 91
// param:   min_score int = 30 ; score of the weakest step
// param:   hidden bool = false ; also chains that are hidden by default
// returns: steps, hosts, users, start_us, end_us, score, credential_switches, causal_user,
//          new_host, chain, entry_address
// limits:  a chain is no stronger than its weakest step. Ranked first: a change of account, and a
//          host that causal_user had never reached
// see:     https://attack.mitre.org/techniques/T1021/
MATCH (c:Chain)
WHERE c.entry_class IN ['external', 'tunnelled'] AND c.score >= $min_score AND ($hidden OR c.hidden IS NULL)
RETURN size(c.hops_host) AS steps, c.hops_host AS hosts, c.hops_user AS users, c.start_us AS start_us, c.end_us AS end_us, c.score AS score, c.credential_switches AS credential_switches, c.causal_user AS causal_user, c.new_host AS new_host, c.id AS chain, c.entry_address AS entry_address
ORDER BY c.rank, chain
