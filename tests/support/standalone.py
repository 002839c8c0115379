"""One function in every language as it appears in a corpus: alone, with its file's indentation, with comments."""

FUNCTIONS: dict[str, str] = {
    "python": '''\
def settle(self, entries, *, opening=0, **options):
        """Add the entries up. # not a comment

        Two paragraphs.
        """
        # where the ledger stood
        balance = opening

        for index, entry in enumerate(entries):  # in order
            if entry.kind == 'credit':
                balance += entry.amount
            else:
                "a note that does nothing"
                balance -= entry.amount
        text = """
    # kept as it is
        """
        self.log('total # %s' % balance, text=text, key=options['key'])
        return balance''',
    "javascript": """\
async render(entries, { title, size: width }) {
    // the rows come first
    const rows = [];
    for (const entry of entries) {
      /* skip what
         is hidden */
      if (entry.hidden) continue;

      rows.push(await this.row(entry, width));
    }
    const link = 'https://example.test/*not*/';
    const page = `
  // ${title}
`;
    return { rows, page, link: link };
  }""",
    "typescript": """\
private async load(key: string, retries = 3): Promise<Item | undefined> {
    // ask once more
    let attempt = 0;
    while (attempt < retries) {
      const found = await this.store.get<Item>(key); // may be stale
      if (found !== undefined) {
        return found;
      }

      attempt += 1;
    }
    throw new Error("no such key // " + key);
  }""",
    "tsx": """\
function Panel({ entries }: Props) {

  // the open one
  const [chosen, choose] = useState<string | null>(null);
  return (
    <ul title="a // b">
      {/* one for each */}
      {entries.map((entry) => (
        <li key={entry.id} onClick={() => choose(entry.id)}>{chosen}</li>
      ))}
    </ul>
  );
}""",
    "java": """\
@Override
    public int settle(List<Entry> entries, int opening) throws LedgerException {
        // where the ledger stood
        int balance = opening;
        for (Entry entry : entries) {
            if (entry.isCredit()) {
                balance += entry.amount; /* cents */
            } else {
                balance -= entry.amount;
            }
        }

        log.info("total // " + balance);
        return balance;
    }""",
    "go": """\
func (q *Queue) Pop(limit int) (item Item, err error) {

\tq.mu.Lock() // one at a time
\tdefer q.mu.Unlock()

\t// nothing there
\tfor index := 0; index < limit; index++ {
\t\tswitch index {
\t\tcase 1:
\t\t\tq.items = q.items[1:]
\t\t}
\t}
\tname := `raw // text
  stays`
\treturn q.items[0], q.fail("a /* b */", name)
}""",
    "c": """\
static int
settle(struct ledger *book, const char *name, int opening)
{
    int balance = opening, index;
    /* every entry
     * in order */
    for (index = 0; index < book->count; index++)
    {
        if (book->entries[index].credit)
            balance += book->entries[index].amount; // cents
#ifdef TRACE
        trace("at // %d", index);
#endif
        if (balance < 0)
            goto out;
    }
out:
    return balance;
}""",
    "cpp": """\
template <typename T>
int Ledger<T>::settle(const std::vector<T>& entries, int opening) const
{
    auto balance = opening;
    for (const auto& entry : entries) {
        // credits come first
        balance += entry.amount();

    }
    auto text = R"(raw // text
  stays)";
    auto scale = [&balance](int factor) { return balance * factor; };
    return scale(entries.size()) + strlen(text);
}""",
    "csharp": """\
public async Task<int> SettleAsync(IEnumerable<Entry> entries, int opening)
    {
        // where the ledger stood
        var balance = opening;
        foreach (var entry in entries)
        {
            balance += await Load(entry.Id, key: entry.Key);
            if (balance < 0) { throw new LedgerException($"below // {balance}"); }
        }

        var report = new Report { Total = balance };
        return report.Total;
    }""",
    "rust": """\
pub fn settle(&self, entries: &[Entry], opening: i64) -> Result<i64, Error> {
        // where the ledger stood
        let mut balance = opening;
        for entry in entries {
            match entry.kind {
                Kind::Credit => balance += entry.amount,
                other => self.fail(other)?,
            }
        }
        let (low, high) = self.bounds();
        /* a /* nested */ comment */
        println!("total // {balance} {}", high.value);
        Ok(balance.max(low))
    }""",
    "php": """\
public function settle(array $entries, int $opening = 0): int
    {
        // where the ledger stood
        $balance = $opening;
        foreach ($entries as $entry) {
            # by kind
            if ($entry->kind === 'credit') {
                $balance += $entry->amount;
            } else {
                $balance -= $entry->amount;
            }
        }

        $this->log("total // {$balance}", 'a # b');
        return $balance;
    }""",
    "ruby": """\
def settle(entries, opening = 0, scale: 1)
    # where the ledger stood
    balance = opening
    entries.each do |entry|
      if entry.credit?
        balance += entry.amount # cents
      else
        balance -= entry.amount
      end
    end

    text = <<~TEXT
      # kept as it is
    TEXT
    log('total # ' + text, scale)
    balance * scale
  end""",
}
"""Language id -> function. None has a syntax error in its grammar, given the class that some of them need."""
