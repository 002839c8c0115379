"""Pieces of code made by rule, in every language, and what the model reads of each: for values recorded once.

The pieces must never change: `tests/server/model/recorded_ngrams.json` holds what a bundle's weight table was
fitted to. `python tests/support/recorded_code.py` prints that file anew, after a change that means to move values.
"""

# The pieces keep the lines that they were recorded with.
# ruff: noqa: E501

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.explain.lines import line_sums
from codeorigin.explain.ngram_shares import character_shares
from codeorigin.model.ngrams import NgramViews
from codeorigin.model.normalize import normalize
from codeorigin.model.views import View, ViewKind

RECORDED = Path(__file__).parents[1] / "server" / "model" / "recorded_ngrams.json"

SHIPPED_WIDTHS = (
    View(ViewKind.WORDS, 1, 3, 1 << 21, 0.5),
    View(ViewKind.SHAPES, 1, 3, 1 << 20, 0.5),
    View(ViewKind.CHARACTERS, 2, 5, 1 << 20, 0.5),
    View(ViewKind.COMMENTS, 1, 2, 1 << 18, 0.5),
)
ODD_WIDTHS = (
    View(ViewKind.CHARACTERS, 1, 3, 1009, 1.0),
    View(ViewKind.COMMENTS, 2, 3, 311, 0.25),
    View(ViewKind.SHAPES, 2, 2, 499, 0.0),
    View(ViewKind.WORDS, 2, 4, 769, 1.0),
)
VIEWS = {"shipped": SHIPPED_WIDTHS, "odd": ODD_WIDTHS}

_FUNCTIONS = {
    "python": """@cached
@route("/items/<int:id>", methods=["GET"])
async def read_item(self, item_id: int, *, limit: float = 0.5) -> dict[str, int]:
    \"\"\"Return one item.

    Raises KeyError if there is none.
    \"\"\"
    total = 0  # Sum of all parts.
    for part in self.parts[item_id] or []:
        if part is None or part.size <= 1_000:
            continue  # too small
        total += part.size ** 2 // 0x1F

        r'raw \\d+ # no comment'
    # Nothing is left here
    return {"total": total, 'mean': total / len(self.parts) if self.parts else 1e-9}
""",
    "javascript": """async function loadUsers(url, { retries = 3, ...rest } = {}) {
  // Try a few times.
  for (let i = 0; i < retries; i++) {
    const response = await fetch(`${url}?page=${i}`, rest); /* slow */
    if (response?.ok && response.status !== 204) {
      return (await response.json()).map((user) => ({ ...user, name: user.name ?? "none" }));
    }
  }
  throw new Error('no answer: ' + url);
}
""",
    "typescript": """export function groupBy<T, K extends string>(items: readonly T[], key: (item: T) => K): Record<K, T[]> {
  /**
   * Keeps the order of the items.
   */
  const groups = {} as Record<K, T[]>;
  for (const item of items) {
    (groups[key(item)] ??= []).push(item); // One list a key!
  }
  return groups;
}
""",
    "java": """    @Override
    public Optional<Order> findById(final long id) throws SQLException {
        /* A cache would help. */
        try (PreparedStatement statement = connection.prepareStatement("select * from orders where id = ?")) {
            statement.setLong(1, id);
            ResultSet rows = statement.executeQuery();
            return rows.next() ? Optional.of(new Order(rows.getLong(1), '\\n')) : Optional.empty();
        }
    }
""",
    "go": """func (s *Server) Handle(w http.ResponseWriter, r *http.Request) error {
\tids := make([]int, 0, 16)
\tfor i, raw := range r.URL.Query()["id"] {
\t\tid, err := strconv.Atoi(raw)
\t\tif err != nil {
\t\t\treturn fmt.Errorf("id %d: %w", i, err)
\t\t}
\t\tids = append(ids, id) // keep
\t}
\t// TODO: paging
\ts.log <- `raw // text`
\treturn s.store.Load(ids...)
}
""",
    "c": """static int read_block(struct device *dev, unsigned char *buf, size_t n)
{
        size_t done = 0; /* bytes so far */

        while (done < n) {
                ssize_t got = read(dev->fd, buf + done, n - done);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return -1; // closed
                done += (size_t)got;
        }
        return buf[0] == '#' ? 0 : 0xFF;
}
""",
    "cpp": """template <typename T>
std::vector<T> Tree<T>::flatten() const noexcept {
    // Depth first.
    std::vector<T> out;
    std::function<void(const Node*)> walk = [&](const Node* node) {
        if (node == nullptr) return;
        walk(node->left.get());
        out.push_back(node->value);
        walk(node->right.get());
    };
    walk(root_.get());
    return out; // 1'000 at most
}
""",
    "csharp": """public async Task<IReadOnlyList<User>> GetUsersAsync(int page = 1, CancellationToken token = default)
{
    /// <summary>One page.</summary>
    if (page < 1) throw new ArgumentOutOfRangeException(nameof(page));
    var query = _context.Users.Where(u => u.Active && u.Age >= 18).OrderBy(u => u.Name);
    return await query.Skip((page - 1) * PageSize).Take(PageSize).ToListAsync(token); // paged
}
""",
    "rust": """pub fn parse<'a>(input: &'a str) -> Result<Vec<Token<'a>>, ParseError> {
    let mut tokens = Vec::new();
    // Every byte is looked at once.
    for (offset, c) in input.char_indices() {
        match c {
            '0'..='9' => tokens.push(Token::Digit(c as u8 - b'0')),
            ' ' | '\\t' => {}
            _ => return Err(ParseError::Unexpected { offset, c }),
        }
    }
    Ok(tokens)
}
""",
    "php": """    public function store(Request $request): JsonResponse
    {
        # Checked before.
        $data = $request->validate(['name' => 'required|max:255', "email" => "nullable"]);
        $user = User::query()->firstOrCreate(['email' => $data['email'] ?? null], $data);
        #[Pure]
        return response()->json(['id' => $user->id, 'ok' => true], 201); // Created
    }
""",
    "ruby": """  def each_page(path, params = {})
    return enum_for(:each_page, path, params) unless block_given?

    # Pages start at one
    page = 1
    loop do
      rows = get("#{path}?page=#{page}", params)[:rows] || []
      break if rows.empty?
      rows.each { |row| yield row.transform_keys(&:to_sym) }
      page += 1
    end
=begin
A block of words
=end
  end
""",
}

_NAMES = (
    "count",
    "maxValue",
    "HTTPServer",
    "_x",
    "a1",
    "größe",
    "naïve_имя",
    "值",
    "é",
    "𝒙",
    "__init__",
    "PAGE_SIZE",
)
_SCRAPS = (
    *(
        "# Look out!",
        "// why not?",
        "/* open",
        '"""',
        "'''",
        '"',
        "'",
        "`",
        "\\",
        "\t",
        "\f",
        "\v",
        "\u00a0",
        "\ufeff",
    ),
    *(
        "\r\n",
        "\r",
        "\n\n\n",
        "\u2028",
        "\x85",
        "\x00",
        "\x1c",
        "😀",
        "\ud800",
        "١٢",
        "½",
        "==",
        "!==",
        "...",
        "//=",
        "*/",
    ),
)


def pieces() -> Iterator[tuple[str, str]]:
    """(code, language): whole functions, and what editing, other layouts and odd characters make of them."""
    for language, function in _FUNCTIONS.items():
        yield "", language
        yield "x", language
        yield " \n\t\r\n", language
        yield function, language
        yield function.rstrip("\n").replace("\n", "\r\n"), language
        yield function.replace("\n", "\r"), language
        yield function.replace("    ", "\t"), language
        yield function.replace("    ", "  "), language
        yield "\n".join(f"        {line} " for line in function.split("\n")), language
        yield " ".join(function.split()), language
        yield function * 12, language
        chance = random.Random(f"pieces of {language}")
        for _ in range(36):
            yield _edited(function, chance), language
    yield "\n".join(" " * (2 * depth) + f"if a{depth}:" for depth in range(40)), "python"
    yield "value = " + " + ".join(f"item_{number}" for number in range(6000)), "python"
    yield "\n".join(f"call({number}) // {number} Times." for number in range(1500)), "c"


def _edited(code: str, chance: random.Random) -> str:
    for _ in range(int(chance.random() * 8) + 1):
        start = int(chance.random() * (len(code) + 1))
        end = start + int(chance.random() * 30)
        kind = int(chance.random() * 4)
        if kind == 0:
            code = code[:start] + code[end:]
        elif kind == 1:
            code = code[:start] + _SCRAPS[int(chance.random() * len(_SCRAPS))] + code[start:]
        elif kind == 2:
            code = code[:start] + f" {_NAMES[int(chance.random() * len(_NAMES))]} " + code[start:]
        else:
            code = code[:end] + code[start:]
    return code


def weights_of(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """A made-up weight in [-1, 1] for every row of a table."""
    mixed = ids.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    return ((mixed >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1.0).astype(np.float32)


def read(code: str, language: str, views: tuple[View, ...]) -> tuple[str, float, float]:
    """A digest of the rows, the wide logit with made-up weights, and one number for all sums of lines."""
    normalized = normalize(code, language)
    features = NgramViews(views).extract(normalized, language)
    weights = weights_of(features.ids)
    logit = float(weights.astype(np.float64) @ features.values.astype(np.float64))
    shares = character_shares(features, weights, len(normalized.text))
    lines = line_sums(shares, normalized.lines, int(normalized.lines[-1]) + 1 if len(shares) else 0)
    spread = float(lines @ np.cos(np.arange(len(lines))))
    return hashlib.sha256(features.ids.astype("<i8").tobytes()).hexdigest()[:12], logit, spread


def recorded() -> dict[str, list[tuple[str, float, float]]]:
    """Everything that the file of recorded values holds: by views, in the order of :func:`pieces`."""
    return {
        name: [read(code, language, views) for code, language in pieces()] for name, views in VIEWS.items()
    }


if __name__ == "__main__":
    lines = {
        name: ",\n".join(
            json.dumps([digest, round(logit, 9), round(spread, 9)]) for digest, logit, spread in each
        )
        for name, each in recorded().items()
    }
    sys.stdout.write("{" + ",\n".join(f'"{name}": [\n{each}\n]' for name, each in lines.items()) + "}\n")
