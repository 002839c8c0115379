"""Sample for the editors' tests: two functions long enough for a verdict, one that is not."""

import csv
from decimal import Decimal


def read_postings(path, currency="EUR"):
    postings = []
    with path.open(newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=2):
            amount = Decimal(row["amount"].replace(",", "."))
            if amount == 0:
                continue
            if row.get("currency", currency) != currency:
                raise ValueError(f"line {number}: {row['currency']} in a ledger kept in {currency}")
            side = "debit" if amount > 0 else "credit"
            account = row["account"].strip().upper()
            postings.append((number, account, side, abs(amount)))
    postings.sort(key=lambda posting: (posting[1], posting[0]))
    return postings


def twice(value):
    return value * 2


def balance_by_account(postings, opening=None):
    totals = dict(opening or {})
    for number, account, side, amount in postings:
        if account not in totals:
            totals[account] = Decimal(0)
        if side == "debit":
            totals[account] += amount
        elif side == "credit":
            totals[account] -= amount
        else:
            raise ValueError(f"line {number}: no such side: {side}")
    empty = [account for account, total in totals.items() if total == 0]
    for account in empty:
        del totals[account]
    return totals
