"""Build the index of facets from the tables of a portfolio, and keep it on disk."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from capmap.records.queries.facet_index import (
    OF_INTERVENTION,
    ROLES,
    SCOPE,
    FacetIndex,
    Numbers,
    Values,
)
from capmap.tables import NONE, LazyPortfolio

_NO_PAIRS = pl.DataFrame(schema={"code": pl.String, "row": pl.UInt32})


def save(index: FacetIndex, folder: Path) -> None:
    """Keep an index in a new folder, which appears whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    arrays: dict[str, npt.NDArray[Any]] = {
        "passage_rows": index.passage_rows, "keys": index.keys, "counted": index.counted
    }  # fmt: skip
    names: dict[str, dict[str, list[str]]] = {"facets": {}, "codes": {}}
    for kind, held in (("facets", index.facets), ("codes", index.codes)):
        for facet, values in held.items():
            names[kind][facet] = values.codes
            arrays[f"{kind}:{facet}:starts"] = values.starts
            arrays[f"{kind}:{facet}:members"] = values.members
    arrays |= {f"order:{sort}": order for sort, order in index.orders.items()}
    np.savez(work / "numbers.npz", **arrays)  # type: ignore[arg-type]
    (work / "names.json").write_text(json.dumps(names), encoding="utf-8")
    try:
        work.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(work, ignore_errors=True)


def load(folder: Path) -> FacetIndex:
    """Read an index that ``save`` kept."""
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    with np.load(folder / "numbers.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}

    def values(kind: str) -> dict[str, Values]:
        return {
            facet: Values(
                codes, arrays[f"{kind}:{facet}:starts"], arrays[f"{kind}:{facet}:members"]
            )
            for facet, codes in names[kind].items()
        }  # fmt: skip

    return FacetIndex(
        facets=values("facets"),
        codes=values("codes"),
        passage_rows=arrays["passage_rows"],
        orders={
            name.removeprefix("order:"): array
            for name, array in arrays.items()
            if name.startswith("order:")
        },
        keys=arrays["keys"],
        counted=arrays["counted"],
    )


def build(
    tables: LazyPortfolio, records: pl.DataFrame, coded: Sequence[str]
) -> FacetIndex:
    """Build the index of a portfolio from its tables.

    ``coded`` are the facets of the codebook, which stand in the index also where no
    passage has a code of them.

    ``records`` says what the tables do not: intervention_id, key (of the record),
    decisions (decided, undecided, doubtful), read (none, part, all), verdict ("" or its
    answer).
    """
    listed = tables.interventions.collect().join(
        records, on="intervention_id", how="left", maintain_order="left"
    )
    listed = listed.with_row_index("row")
    listed = listed.join(
        listed.select(counted_as="intervention_id", known="row"),
        on="counted_as", how="left", maintain_order="left",
    ).with_columns(
        top=pl.when(pl.col("kind") == "document")
        .then(pl.col("row"))
        .otherwise(pl.coalesce("known", "row"))
    )  # fmt: skip
    size = listed.height
    codings = tables.codings.select(
        "passage_id", "intervention_id", "facet", "code"
    ).collect()
    passages = _capacity_passages(listed, codings)
    passage_rows = passages["row"].to_numpy().astype(np.intp)
    of_passage = np.bincount(passage_rows, minlength=size)
    facets = {
        name: _values(_said(name, listed), size)
        for name in (*OF_INTERVENTION, SCOPE)
        if name != "capacity"
    }
    facets["capacity"] = _values(_answers(listed, codings), size)
    return FacetIndex(
        facets=facets,
        codes={facet: _values(_NO_PAIRS) for facet in coded if facet != "capacity"}
        | _codes(codings, passages),
        passage_rows=passage_rows,
        orders=_orders(listed, of_passage),
        keys=listed["key"].fill_null(-1).to_numpy().astype(np.int64),
        counted=_counted(listed),
    )


def _capacity_passages(listed: pl.DataFrame, codings: pl.DataFrame) -> pl.DataFrame:
    """Return passages with capacity development: passage_id, row, nth, in the order of rows."""
    return (
        codings.filter((pl.col("facet") == "capacity") & (pl.col("code") == "cd"))
        .select("passage_id", "intervention_id")
        .unique()
        .join(listed.select("intervention_id", "row"), on="intervention_id")
        .sort("row", "passage_id")
        .select("passage_id", "row")
        .with_row_index("nth")
    )


def _codes(codings: pl.DataFrame, passages: pl.DataFrame) -> dict[str, Values]:
    pairs = (
        codings.filter(pl.col("facet") != "capacity")
        .join(passages.select("passage_id", "nth"), on="passage_id")
        .select("facet", "code", "nth")
        .unique()
        .sort("facet", "code", "nth")
    )
    found = {}
    for (facet,), part in pairs.partition_by(
        "facet", as_dict=True, maintain_order=True
    ).items():
        found[str(facet)] = _values(part.select("code", row="nth"))
    return found


def _values(pairs: pl.DataFrame, size: int = 0) -> Values:
    """Return the values of pairs (code, row), and who of ``size`` has none of them."""
    pairs = pairs.unique().sort("code", "row")
    members = pairs["row"].to_numpy().astype(np.intp)
    without = np.ones(size, dtype=np.bool_)
    if size:
        without[members] = False
    lengths = pairs.group_by("code", maintain_order=True).len()
    codes, counts = lengths["code"].to_list(), lengths["len"].to_list()
    if without.any():
        codes, counts = [*codes, NONE], [*counts, int(without.sum())]
        members = np.concatenate([members, np.flatnonzero(without).astype(np.intp)])
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    return Values(codes, starts, members)


def _said(name: str, listed: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of each row: pairs (code, row)."""
    own = _stated(name)
    table = listed.select("row", "top", codes=own)
    if name in ("kind", "year"):
        table = table.with_columns(pl.col("codes").gather(pl.col("top")))
    elif name in ("country", "region", "sector", *ROLES):
        of_top = pl.col("codes").gather(pl.col("top"))
        table = table.with_columns(
            pl.when(pl.col("codes").list.len() > 0)
            .then(pl.col("codes"))
            .otherwise(of_top)
        )
    return (
        table.select("row", code="codes")
        .explode("code")
        .filter(pl.col("code").is_not_null() & (pl.col("code") != NONE))
        .select("code", "row")
    )


def _stated(name: str) -> pl.Expr:
    """Return the expression that lists what a row itself says, never null."""
    parts = {
        "country": "countries", SCOPE: "countries", "region": "regions", "sector": "sectors"
    }  # fmt: skip
    if name in parts:
        found = pl.col(parts[name]).list.eval(pl.element().struct.field("code"))
    elif name in ROLES:
        taking_part = pl.col("organisations").list.eval(
            pl.element().filter(pl.element().struct.field("role") == name)
        )
        found = taking_part.list.eval(
            pl.when(pl.element().struct.field("name").fill_null(NONE) != NONE)
            .then(pl.element().struct.field("name"))
            .otherwise(pl.element().struct.field("ref"))
        )
    elif name == "decisions":
        found = pl.col("decisions")
    else:
        column = (
            pl.col("starts_on").dt.year().cast(pl.String)
            if name == "year"
            else pl.col(name)
        )
        found = pl.concat_list(column)
    return (
        found.fill_null([])
        .list.eval(
            pl.element().filter(pl.element().is_not_null() & (pl.element() != NONE))
        )
        .cast(pl.List(pl.String))
    )


def _answers(listed: pl.DataFrame, codings: pl.DataFrame) -> pl.DataFrame:
    """Return whether each row, or a component of it, develops capacity: yes, unclear, no."""
    asked = (
        codings.filter(
            (pl.col("facet") == "capacity") & pl.col("code").is_in(["cd", "unclear"])
        )
        .select("intervention_id", "code")
        .unique()
        .join(listed.select("intervention_id", "row", "top"), on="intervention_id")
    )
    said = pl.concat(
        [asked.select("row", "code"), asked.select("code", row="top").select("row", "code")]
    ).unique()  # fmt: skip
    yes = said.filter(pl.col("code") == "cd")["row"].implode()
    unclear = said.filter(pl.col("code") == "unclear")["row"].implode()
    return listed.select(
        code=pl.when(pl.col("row").is_in(yes))
        .then(pl.lit("yes"))
        .when(pl.col("row").is_in(unclear))
        .then(pl.lit("unclear"))
        .otherwise(pl.lit("no")),
        row="row",
    )


def _counted(listed: pl.DataFrame) -> npt.NDArray[np.int32]:
    """Number who is counted together; -1 for documents."""
    numbers = listed["counted_as"].rank("dense").cast(pl.Int32) - 1
    counted = pl.select(
        pl.when(listed["kind"] == "document").then(pl.lit(-1)).otherwise(numbers)
    )
    return counted.to_series().fill_null(-1).to_numpy().astype(np.int32)


def _orders(listed: pl.DataFrame, passages: npt.NDArray[Any]) -> dict[str, Numbers]:
    """Return the rows in each order, and in each reversed; what is unknown stands last."""
    title = pl.col("title").replace(NONE, None).fill_null(pl.col("intervention_id"))
    plain = (
        title.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.strip_chars_start(" \t\"'“”«»‘’()[]¿¡-–—")
    )
    # Sums in different currencies are not compared: the commonest currency comes first.
    usual = pl.len().over("budget_currency")
    table = listed.select(
        "row", "intervention_id", "starts_on", "budget_amount", "budget_currency",
        title=plain, usual=usual, passages=pl.Series(passages),
    )  # fmt: skip
    by: dict[str, tuple[list[str], list[bool]]] = {
        "title": (["title"], [False]),
        "starts": (["starts_on"], [True]),
        "budget": (["budget_amount"], [True]),
        "passages": (["passages"], [True]),
        "identifier": (["intervention_id"], [False]),
    }
    orders = {}
    for sort, (columns, down) in by.items():
        for name, turn in ((sort, False), (f"-{sort}", True)):
            before: list[Any] = (
                [pl.col("budget_amount").is_null(), -pl.col("usual").cast(pl.Int64), "budget_currency"]
                if sort == "budget"
                else []
            )  # fmt: skip
            found = table.sort(
                *before, *columns, "title", "row",
                descending=[*[False] * len(before), *[d != turn for d in down], False, False],
                nulls_last=True,
            )  # fmt: skip
            orders[name] = found["row"].to_numpy().astype(np.intp)
    return orders
