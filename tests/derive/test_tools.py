"""Command lines that name another computer (rule R8.2 E6)."""

from __future__ import annotations

import polars as pl
import pytest

from graphsess.derive.tools import target_of

REACHING = [
    ("mstsc.exe", "mstsc /v:srv1 /f", "srv1"),
    ("mstsc.exe", '"C:\\Windows\\system32\\mstsc.exe" /V:10.0.0.5:3390', "10.0.0.5"),
    ("PsExec64.exe", r"PsExec64.exe -accepteula \\srv1.lab -s cmd", "srv1.lab"),
    ("wmic.exe", 'wmic /node:"srv1" process call create calc', "srv1"),
    ("winrs.exe", "winrs -r:http://srv1:5985 whoami", "srv1"),
    ("winrs.exe", "winrs /remote:srv1 whoami", "srv1"),
    ("ssh.exe", "ssh ann@srv1", "srv1"),
    ("ssh.exe", "ssh -p 2222 srv1 whoami", "srv1"),
    ("ssh.exe", "ssh srv1", "srv1"),
    ("scp.exe", r"scp C:\a.txt ann@srv1:/tmp", "srv1"),
    ("schtasks.exe", "schtasks /create /s srv1 /tn x", "srv1"),
    ("schtasks.exe", "schtasks /Create /TN x /S SRV1 /U adm", "SRV1"),
    ("sc.exe", r"sc.exe \\srv1 create x binPath= y", "srv1"),
    ("net.exe", r"net use Z: \\srv1\c$ /user:adm", "srv1"),
    ("net1.exe", r"net1 view \\srv1", "srv1"),
    ("reg.exe", r"reg query \\srv1\HKLM\Software", "srv1"),
    ("robocopy.exe", r"robocopy C:\loot \\srv1\c$\temp", "srv1"),
    ("powershell.exe", "powershell -c Invoke-Command -ComputerName srv1 -ScriptBlock {x}", "srv1"),
    ("pwsh.exe", "pwsh -c Enter-PSSession -HostName:srv1", "srv1"),
    ("qwinsta.exe", "qwinsta /server:srv1", "srv1"),
    ("wevtutil.exe", "wevtutil cl Security /r:srv1", "srv1"),
]
STAYING = [
    ("mstsc.exe", "mstsc", None),
    ("notepad.exe", r"notepad \\srv1\share\a.txt", None),
    ("schtasks.exe", "schtasks /query /tn x", None),
    ("net.exe", "net user ann", None),
    ("ssh.exe", "ssh -V", None),
    ("powershell.exe", "powershell -c Get-Process", None),
    ("mypsexec.exe", r"mypsexec \\srv1", None),
]


@pytest.mark.parametrize(("program", "line", "target"), [*REACHING, *STAYING])
def test_a_command_line_names_its_target_or_none(program, line, target):
    frame = pl.DataFrame(
        {"process": ["C:\\Windows\\System32\\" + program], "line": [line]},
        {"process": pl.String, "line": pl.String},
    )
    assert frame.select(target_of(pl.col("process"), pl.col("line"))).item() == target


def test_nothing_is_read_where_nothing_is_logged():
    frame = pl.DataFrame({"process": [None, "ssh.exe"], "line": ["ssh srv1", None]},
                         {"process": pl.String, "line": pl.String})
    assert frame.select(target_of(pl.col("process"), pl.col("line"))).to_series().to_list() == [
        None, None
    ]
