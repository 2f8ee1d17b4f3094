"""How a map writes shares, money and its steps of colour."""

from collections.abc import Sequence

from babel.numbers import format_compact_decimal, format_currency

from capmap.wording import Wording

#: The lower bounds of the steps of colour for a share.
SHARE_BREAKS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6)


def breaks_of(values: Sequence[float], measure: str) -> list[float]:
    """Return the lower bounds of six steps of colour, even over the orders of magnitude.

    >>> breaks_of([0, 1, 3, 8], "interventions")
    [1, 2, 3, 4, 5, 6]
    """
    if measure == "share":
        return list(SHARE_BREAKS)
    most = max(values, default=0)
    money = measure.startswith("budget:")
    least = min((v for v in values if v > 0), default=most) if money else 1
    bounds: list[float] = [least]
    for step in range(1, 6):
        bound = least * max(1.0, most / least if least else 1.0) ** (step / 6)
        bounds.append(
            float(f"{bound:.2g}") if money else max(bounds[-1] + 1, round(bound))
        )
    return [
        b for n, b in enumerate(bounds) if n == 0 or (b <= most and b > bounds[n - 1])
    ]


def step_of(value: float, breaks: Sequence[float]) -> int:
    """Return the step of colour of a value, 1 to 6."""
    return max(1, sum(value >= bound for bound in breaks))


def percent_sign(share: float, words: Wording) -> str:
    """Write a share short: 38%, <1%."""
    if 0 < share < 0.01:
        return words.say("per_cent_sign_under_1")
    if 0.99 < share < 1:
        return words.say("per_cent_sign_over_99")
    return words.say("per_cent_sign", value=int(share * 100 + 0.5))


def short_money(amount: float, words: Wording) -> str:
    """Write an amount short, as cells have room for: 2.4M."""
    return format_compact_decimal(amount, locale=words.locale, fraction_digits=1)


def whole_money(amount: float, currency: str, words: Wording) -> str:
    """Write an amount whole, with the code of its currency."""
    shown = format_currency(
        amount, "XXX", "#,##0", locale=words.locale, currency_digits=False
    )
    return f"{currency}\u00a0{shown}" if currency else shown


def legend_of(breaks: Sequence[float], measure: str, words: Wording) -> list[str]:
    """Return the words of each step of colour: "1", "2–3", "4+"."""
    shown = []
    for place, bound in enumerate(breaks):
        after = breaks[place + 1] if place + 1 < len(breaks) else None
        if measure == "share":
            text = percent_sign(bound, words) + ("–" if after else "+")
        elif measure.startswith("budget:"):
            text = short_money(bound, words) + ("–" if after else "+")
        elif after is None:
            text = words.number(bound) + "+"
        elif after - 1 > bound:
            text = f"{words.number(bound)}–{words.number(after - 1)}"
        else:
            text = words.number(bound)
        shown.append(text)
    return shown


def measure_label(measure: str, words: Wording) -> str:
    """Return what a measure is called."""
    if measure.startswith("budget:"):
        currency = measure.partition(":")[2] or words.say("no_currency")
        return words.say("measure_budget", currency=currency)
    return words.say(f"measure_{measure}")
