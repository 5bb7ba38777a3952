"""Evidence with known answers: a small Windows world, scripts that play in it, and what is true.

`world` knows how Windows of each build writes down what people do; `scenarios` are short scripts,
one behaviour each, over that world; `truth` is what happened, in the fields of the records that
graphsess prints; `case` binds the two and writes them to disk. Nothing here reads the derivations:
truth is told by the world that made the events, by the definitions of the specification (R5).
The same seed gives the same bytes on every platform.

    from graphsess.synth.scenarios import SCENARIOS
    from graphsess.synth.case import write_case

    write_case(SCENARIOS["console_logon"].run(seed=1), Path("out"))
"""
