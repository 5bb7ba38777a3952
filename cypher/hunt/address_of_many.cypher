// title:   An address of several hosts
// asks:    Which addresses belonged to at least $min_hosts hosts of the case?
// reads:   (:Address)-[:RESOLVES_TO]->(:Host)
// events:  those that tell whose an address was: Security 4624 of machine accounts, 4768, 4769;
//          Sysmon 3; RDPClient 1024, 1102; DHCP
// param:   min_hosts int = 2 ; hosts
// returns: address, class, host_count, hosts, shared, first_us, last_us
// limits:  DHCP gives addresses out anew, which is innocent; shared says that several had it at
//          once (NAT, VPN, proxy). Whoever reads sessions from such an address must look at the
//          time
MATCH (a:Address)-[r:RESOLVES_TO]->(h:Host)
WITH a, count(DISTINCT h) AS host_count, collect(DISTINCT h) AS found, min(r.valid_from_us) AS first_us, max(r.valid_to_us) AS last_us
WHERE host_count >= $min_hosts
CALL (found) {
 UNWIND found AS h
 WITH DISTINCT h.name AS name
 ORDER BY name
 RETURN collect(name) AS hosts
}
RETURN a.address AS address, a.class AS class, host_count, hosts, a.shared AS shared, first_us, last_us
ORDER BY host_count DESC, address
