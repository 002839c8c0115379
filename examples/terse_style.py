"""Demo input: dense code as somebody writes it for themselves."""

import heapq
import re

TOK = re.compile(r"\s*(?:(\d+\.?\d*)|(.))")
PREC = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


def rpn(s):
    out, ops = [], []
    for num, op in TOK.findall(s):
        if num:
            out.append(float(num))
        elif op == "(":
            ops.append(op)
        elif op == ")":
            while ops[-1] != "(":
                out.append(ops.pop())
            ops.pop()
        elif op in PREC:
            # ^ binds to the right: pop only what is strictly above it
            while ops and ops[-1] != "(" and PREC[ops[-1]] - (op == "^") >= PREC[op]:
                out.append(ops.pop())
            ops.append(op)
    return out + ops[::-1]


def dijk(g, a, b):
    d, q, prev = {a: 0}, [(0, a)], {}
    while q:
        c, u = heapq.heappop(q)
        if u == b:
            break
        if c > d[u]:
            continue  # stale
        for v, w in g[u]:
            n = c + w
            if n < d.get(v, 1e99):
                d[v], prev[v] = n, u
                heapq.heappush(q, (n, v))
    p = [b]
    while p[-1] != a:
        p.append(prev[p[-1]])
    return d[b], p[::-1]


def wrap(words, w):
    # min sum of squared slack, O(n^2), fine for paragraphs
    n = len(words)
    best, brk = [0] + [None] * n, [0] * (n + 1)
    for i in range(1, n + 1):
        ln = -1
        for j in range(i - 1, -1, -1):
            ln += len(words[j]) + 1
            if ln > w and j < i - 1:
                break
            c = best[j] + (0 if i == n else (w - ln) ** 2)
            if best[i] is None or c < best[i]:
                best[i], brk[i] = c, j
    out, i = [], n
    while i:
        out.append(" ".join(words[brk[i] : i]))
        i = brk[i]
    return out[::-1]
