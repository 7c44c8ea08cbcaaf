"""Bad datasets, and odd ones that are sound: each made here, sent through the real inspector, and judged.

`python -m tests.verdicts` prints what became of each; `tests/imaging/test_verdicts.py` asks the same of the
test run. The ids S, Z and I are those of the abuse cases C.5 in the design; H (answers of a server) and
C (counts and kinds) are ours. Everything happens on 127.0.0.1: no case asks a name server or the internet.
"""
