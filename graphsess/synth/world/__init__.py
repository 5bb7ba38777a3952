"""The small world: hosts, people and wires, and what Windows writes about them.

host, desktop, logon, draft               things, with their state
clock, builds, accounts, logs, request    constants and small values
security, terminal                        one event each: field names, order, defaults
console, rdp, rdp_failed, reconnect,      actions: several events each, in their real order
leave, switching, vmconnect, network,     and with their real gaps; each also tells the
remote, ssh, credentials, power, dc, ...  world's account of what is true
"""
