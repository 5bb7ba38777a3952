"""What each event of a host is about: boots, logons, desktops, connections, accesses.

`host.resolve_host` runs the passes in order; no pass looks at a later one.
"""
