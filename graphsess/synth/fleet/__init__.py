"""Fleets: background life and intrusions of many hosts over days, with the truth of all of it.

presets, knobs            how large, and what of the evidence is missing
estate, agenda            the hosts and people of a fleet; scripts that take turns in time order
office, admins, terminal  what people do in a day
ground, internet, nights  what goes on without them
intrusion                 break-ins, each a chain over several hosts
make                      all of it together: a preset and a seed give a case
"""
