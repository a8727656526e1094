"""Small Danish words that narrow no search down.

All of PostgreSQL's own are among them, so that both engines leave out the same.
"""

_WORDS = """
    ad af alle alt anden at blev blive bliver da de dem den denne der deres det dette dig din disse dog du efter eller
    en end er et for fordi fra få får ham han hans har havde have hende hendes her hos hun hvad hvem hver hvilken hvis
    hvor hvordan i ikke ind jeg jer jo kan kunne lidt man mange med meget men mig min mine mit mod må når ned noget
    nogen nogle nu næsten og også om op os over på selv sig sin sine sit skal skulle som så sådan thi til ud under var
    ved vi vil ville vor vores være været
"""
STOP_WORDS = frozenset(_WORDS.split())
