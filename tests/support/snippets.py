"""Small pieces of source code that the tests share; the tiny tokenizer learns its merges from them."""

LEDGER = """\
def close_ledger(entries, opening=0):
    balance = opening
    for entry in entries:
        if entry.kind == "credit":
            balance += entry.amount
        else:
            balance -= entry.amount

    return balance
"""

PARSER = """\
def parse_header(raw: bytes) -> dict[str, str]:
    fields = {}
    for line in raw.decode("ascii").split("\\r\\n"):
        name, _, value = line.partition(":")
        if not name:
            raise ValueError(f"bad header line {line!r}")
        fields[name.strip().lower()] = value.strip()
    return fields
"""

DEBOUNCE = """\
function debounce(callback, wait) {
  let timer = null;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...args), wait);
  };
}
"""

QUEUE = """\
func (q *Queue) Pop() (Item, error) {
\tq.mu.Lock()
\tdefer q.mu.Unlock()
\tif len(q.items) == 0 {
\t\treturn Item{}, ErrEmpty
\t}
\titem := q.items[0]
\tq.items = q.items[1:]
\treturn item, nil
}
"""

ALL: tuple[tuple[str, str], ...] = (
    (LEDGER, "python"),
    (PARSER, "python"),
    (DEBOUNCE, "javascript"),
    (QUEUE, "go"),
)
"""Code and model language."""

TOTAL_PRICE = '''\
def total_price(orders, rate):
    """Sum of the orders, with tax."""
    total = 0
    for order in orders:
        total += order.price * order.count
    return total * (1 + rate)
'''

NAMES_OF = """\
def names_of(users):
    found = []
    for user in users:
        if user.active and user.name:
            found.append(user.name.strip())
    return sorted(found)
"""


def long_function(statements: int) -> str:
    """A Python function of ``statements`` different lines, for tests that need many windows."""
    lines = [f"    total_{number} = scale * {number * 7} + offset[{number}]" for number in range(statements)]
    return "\n".join(["def many(scale, offset):", *lines, f"    return total_{statements - 1}", ""])
