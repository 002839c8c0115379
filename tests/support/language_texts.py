"""Short programs in every supported language, and texts in none, written for the tests."""

import random
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.languages import KEYWORDS

_STARTS = ("alp", "bra", "cart", "delt", "engi", "fold", "gard", "hote", "invo", "jack")
_WORDS = tuple(start + end for start in _STARTS for end in ("ab", "erin", "ilo", "omu", "uvel", "ynta"))
_NAME = re.compile(r"\b[a-z][a-z]{3,}\b")

CODE = {
    "python": """def load_orders(path, limit=None):
    orders = []
    with open(path) as handle:
        for line in handle:
            if not line.strip():
                continue
            orders.append(parse(line))
    return orders[:limit]
""",
    "javascript": """function renderList(items) {
  const list = document.createElement('ul');
  items.forEach((item) => {
    const entry = document.createElement('li');
    entry.textContent = item.name || 'unnamed';
    list.appendChild(entry);
  });
  module.exports.last = list;
  return list;
}
""",
    "typescript": """export async function fetchUser(id: number, retries: number = 3): Promise<User | undefined> {
  const cache: Map<number, User> = new Map();
  for (let attempt = 0; attempt < retries; attempt++) {
    const user: User | null = await client.get<User>(`/users/${id}`);
    if (user !== null) {
      return user as User;
    }
  }
  return undefined;
}
""",
    "java": """    @Override
    public List<Invoice> findOpen(String customer) throws SQLException {
        List<Invoice> found = new ArrayList<>();
        for (Invoice invoice : repository.all()) {
            if (invoice.getCustomer().equals(customer) && !invoice.isPaid()) {
                found.add(invoice);
            }
        }
        return found;
    }
""",
    "go": """func (s *Store) Lookup(ctx context.Context, key string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok := s.items[key]
	if !ok {
		return nil, fmt.Errorf("no item %q", key)
	}
	return value, nil
}
""",
    "c": """static int read_header(FILE *file, struct header *out)
{
	char line[256];
	size_t length;

	if (fgets(line, sizeof(line), file) == NULL)
		return -1;
	length = strlen(line);
	memset(out, 0, sizeof(*out));
	out->data = malloc(length + 1);
	if (!out->data)
		return -ENOMEM;
	strcpy(out->data, line);
	return 0;
}
""",
    "cpp": """template <typename T>
std::vector<T> Matrix<T>::row(std::size_t index) const {
    std::vector<T> values;
    values.reserve(columns_);
    for (const auto& cell : cells_[index]) {
        values.push_back(static_cast<T>(cell));
    }
    std::cout << "row " << index << std::endl;
    return values;
}
""",
    "csharp": """        public async Task<IActionResult> Details(Guid id)
        {
            var order = await _context.Orders.FirstOrDefaultAsync(o => o.Id == id);
            if (order == null)
            {
                return NotFound();
            }
            _logger.LogInformation($"order {order.Id}");
            return View(new OrderViewModel { Total = order.Lines.Sum(l => l.Price) });
        }
""",
    "rust": """pub fn parse_header(input: &[u8]) -> Result<Header, ParseError> {
    let mut fields = Vec::new();
    for (index, byte) in input.iter().enumerate() {
        match byte {
            b':' => fields.push(index),
            b'\\n' => break,
            _ => {}
        }
    }
    Ok(Header { fields, length: input.len() as u32 })
}
""",
    "php": """    public function store(array $data): ?User
    {
        $user = new User();
        foreach ($data as $key => $value) {
            $user->$key = trim($value);
        }
        if (!$this->repository->save($user)) {
            return null;
        }
        return $user;
    }
""",
    "ruby": """  def total_for(customer)
    return 0 unless customer.active?

    orders = customer.orders.select { |order| order.open? }
    orders.each do |order|
      puts "#{order.id}: #{order.total}"
    end
    orders.map(&:total).reduce(0, :+)
  end
""",
}
"""One function in every language but TSX, by the language's id."""

NONE = {
    "prose": """We met on Tuesday to talk about the new office. Nobody wanted the small room, so it will hold
the printers. Please tell me by Friday whether that suits you, and bring the keys along.
""",
    "json": """{
  "name": "shop",
  "version": 3,
  "owners": ["ann", "bo"],
  "open": true,
  "limits": {"day": 20}
}
""",
    "log": """2024-03-01 10:02:11,204 INFO worker: job 17 started
2024-03-01 10:02:12,009 WARN worker: retry 1 of 3
2024-03-01 10:02:15,377 ERROR worker: job 17 failed: timeout after 3000 ms
""",
    "sql": """SELECT o.id, c.name, SUM(o.total)
FROM orders o
LEFT JOIN customers c ON c.id = o.customer_id
WHERE o.created_at > '2024-01-01'
GROUP BY o.id, c.name
ORDER BY o.id;
""",
    "html": """<html lang="en">
<body>
<div class="menu"><a href="/home.html">Home</a></div>
<ul>
<li>One</li>
</ul>
</body>
</html>
""",
    "yaml": """version: '3'
services:
  web:
    image: shop/web:1.2
    ports:
      - 80:80
    depends_on:
      - db
""",
    "toml": """[package]
name = "shop"
version = "0.3.1"

[dependencies]
logger = { version = "1.2", features = ["color"] }
""",
    "css": """.menu a:hover {
  color: #336699;
  margin: 0 4px;
  display: inline-block;
}
#top {
  background: none;
}
""",
    "diff": """--- a/shop/cart.py
+++ b/shop/cart.py
@@ -3,4 +3,4 @@
 def total(cart):
-    return sum(cart)
+    return sum(cart) + tax(cart)
@@ -9 +9 @@
""",
}
"""Texts in none of the languages, by what they are."""


def write_functions_of_languages(folder: Path, repositories: int = 30) -> Path:
    """Write ``functions.parquet`` into ``folder``: every program of :data:`CODE` per repository, twice, renamed.

    No two functions are near duplicates.
    """
    random_ = random.Random(5)
    rows = []
    for number in range(repositories):
        for language in CODE:
            code = "\n".join(_renamed(language, random_) for _ in range(2))
            rows.append(corpus_entry(code, language, f"some/repo{number}", llm=number % 2 == 1))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "functions.parquet")
    return folder


def corpus_entry(code: str, language: str, repo: str, *, llm: bool = False) -> dict[str, Any]:
    """A row of ``functions.parquet``."""
    return {
        "code": code, "language": language, "label": "llm" if llm else "human", "generator": "",
        "agent": "copilot" if llm else "", "repo": repo, "commit": "0" * 40, "path": f"src/{language}.txt",
        "date": "2024-05-01" if llm else "2019-05-01", "is_test": False,
        "evidence": "A-author" if llm else "H-date", "source": "own", "lines": code.count("\n") + 1,
    }  # fmt: skip


def _renamed(language: str, random_: random.Random) -> str:
    """The language's program, with another word for every name in small letters."""
    code = CODE[language]
    names = sorted(set(_NAME.findall(code)) - KEYWORDS[language])
    words = dict(zip(names, random_.sample(_WORDS, len(names)), strict=True))
    return _NAME.sub(lambda found: words.get(found[0], found[0]), code)
