// title:   One account that tries many others
// asks:    Who typed the credentials of at least $min_accounts other accounts on one host?
// reads:   (:Event)-[:ON]->(:Host)
// events:  Security 4648
// param:   min_accounts int = 5 ; other accounts
// returns: user, host, account_count, accounts, servers, processes, attempts, first_us, last_us
// limits:  servers that log people on (web, mail) do so as machine or service accounts, and names
//          that end in $ are left out
// see:     https://attack.mitre.org/techniques/T1110/003/
MATCH (e:Event)-[:ON]->(h:Host)
WHERE e.kind = 'security_4648'
WITH h, e, CASE WHEN e.actor_domain IS NULL THEN e.actor_user ELSE e.actor_domain + '\\' + e.actor_user END AS user, CASE WHEN e.target_domain IS NULL THEN e.target_user ELSE e.target_domain + '\\' + e.target_user END AS as_user
WHERE toLower(user) <> toLower(as_user) AND NOT user ENDS WITH '$'
WITH h, user, count(DISTINCT toLower(as_user)) AS account_count, collect(e) AS found
WHERE account_count >= $min_accounts
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT CASE WHEN e.target_domain IS NULL THEN e.target_user ELSE e.target_domain + '\\' + e.target_user END AS name
 ORDER BY name
 RETURN collect(name) AS accounts
}
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.server AS name
 ORDER BY name
 RETURN collect(name) AS servers
}
CALL (found) {
 UNWIND found AS e
 WITH DISTINCT e.process AS name
 ORDER BY name
 RETURN collect(name) AS processes
}
CALL (found) {
 UNWIND found AS e
 RETURN count(e) AS attempts, min(e.time_us) AS first_us, max(e.time_us) AS last_us
}
RETURN user, h.name AS host, account_count, accounts, servers, processes, attempts, first_us, last_us
ORDER BY account_count DESC, host, user
