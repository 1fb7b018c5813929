"""`guyub eval`: how well routing, answers, questions and capture do on a library's own labelled lines, beside two baselines."""
