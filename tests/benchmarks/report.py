"""The figures in words and tables, and whether they keep to the limits."""

from typing import Any

Row = dict[str, Any]


def table(rows: list[Row]) -> str:
    """One database's figures, as a Markdown table."""
    lines = [
        "| page | as | CPU | times bare | aim | most | queries (writes) | HTML KB (gz) | requests | elements |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        weight, limit = row["weight"], row["limit"]
        raw = f"{weight['raw'] / 1000:.1f} ({weight['gz'] / 1000:.1f})" if weight else "–"
        lines.append(
            f"| {row['name']} | {row['who']} | {row['milliseconds']:.1f} ms | **{row['times']:.2f}** "
            f"| {limit.get('aim', '–')} | {limit.get('most', '–')} "
            f"| {row['queries']}{' (' + str(row['writes']) + ')' if row['writes'] else ''} | {raw} "
            f"| {weight.get('requests', '–')} | {weight.get('elements', '–')} |"
        )
    return "\n".join(lines)


def weights(rows: list[Row]) -> str:
    """What a whole page weighs, compressed, with its files."""
    heaviest = max(
        (row for row in rows if row["limit"] and row["weight"]), key=lambda row: row["weight"]["total"]
    )
    return (
        f"The heaviest page with all its files ({heaviest['name']}, {heaviest['who']}): "
        f"{heaviest['weight']['total'] / 1000:.0f} kB compressed in {heaviest['weight']['requests']} requests."
    )


def growth(small: list[Row], large: list[Row]) -> str:
    """How much more each page costs on the larger site, as a Markdown table."""
    before = {(row["name"], row["who"]): row for row in small}
    lines = ["| page | as | times bare before | after | growth |", "|---|---|---|---|---|"]
    for row in large:
        was = before.get((row["name"], row["who"]))
        if was and row["limit"]:
            lines.append(
                f"| {row['name']} | {row['who']} | {was['times']:.2f} | {row['times']:.2f} "
                f"| {row['times'] / was['times']:.2f} |"
            )
    return "\n".join(lines)


def faults(rows: list[Row]) -> list[str]:
    """A sentence for each limit that was passed."""
    found = []
    for row in rows:
        limit = row["limit"]
        if not limit:
            continue
        name = f"{row['name']}, {row['who']}"
        if row["times"] > limit["most"]:
            found.append(f"{name}: {row['times']:.2f} times the bare page, at most {limit['most']}")
        most_queries = limit["queries"][row["who"] == "member"]
        if row["queries"] > most_queries:
            found.append(f"{name}: {row['queries']} queries, at most {most_queries}")
        if row["weight"] and row["writes"] > limit["writes"]:
            found.append(f"{name}: reading it again wrote {row['writes']} times")
        if row["weight"] and row["weight"]["raw"] > limit["raw"]:
            found.append(f"{name}: {row['weight']['raw']} bytes of HTML, at most {limit['raw']}")
        if row["weight"] and row["weight"]["requests"] > 8:
            found.append(f"{name}: {row['weight']['requests']} requests, at most 8")
    return found
