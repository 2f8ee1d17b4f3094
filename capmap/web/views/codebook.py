"""The codebook to read: all codes with their use, one code with its examples, files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from capmap.coding.phrases import fold
from capmap.frameworks.codebook import DERIVED, Code, Codebook
from capmap.frameworks.export import codebook_markdown, codebook_table, written_term
from capmap.records.permissions import Access
from capmap.records.queries import codebook_use
from capmap.records.queries import examples as examples_query
from capmap.records.queries.codebook import codebook_of, newest_number
from capmap.web import page_shares, table_answer
from capmap.web.doors import in_portfolio
from capmap.web.templatetags.capmap import language
from capmap.wording import LANGUAGES


def code_or_404(book: Codebook, facet: str, code: str) -> Code:
    """Return a code of the codebook, or answer 404."""
    known = book.facets.get(facet)
    if known is None or code not in known.codes:
        raise Http404
    return known.codes[code]


@require_safe
@in_portfolio()
def listing(request: HttpRequest, access: Access) -> HttpResponse:
    """List the codes by facet with how often each stands; ``q`` searches them."""
    book = codebook_of(access.portfolio)
    asked = request.GET.get("q", "")[:200].replace("\0", "")
    wanted = fold(asked).text.strip()
    use = codebook_use.use(access)
    facets = [
        (
            facet,
            [
                (code, *use.get((code.facet, code.code), (0, 0)))
                for code in facet.codes.values()
                if not wanted or wanted in _all_words(code)
            ],
        )
        for facet in book.facets.values()
    ]
    found = [(facet, codes) for facet, codes in facets if codes]
    return render(
        request,
        "codebook/list.html",
        {
            "section": "codebook",
            "book": book,
            "number": newest_number(access.portfolio),
            "q": asked,
            "facets": found,
            "count": sum(len(codes) for _, codes in found),
            "terms": sum(len(t) for c in book.codes() for t in c.terms.values()),
        },
    )


@require_safe
@in_portfolio()
def code(request: HttpRequest, access: Access, facet: str, code: str) -> HttpResponse:
    """Show what a code means by worked examples, its terms, and passages that have it."""
    book = codebook_of(access.portfolio)
    found = code_or_404(book, facet, code)
    support = codebook_use.support(access, facet, code)
    examples, are_accepted = codebook_use.examples(access, facet, code, language())
    interventions, passages = codebook_use.use(access).get((facet, code), (0, 0))
    terms = [
        (
            one,
            sorted(
                ((written_term(t), support.get(t.phrase, 0)) for t in held),
                key=lambda pair: (-pair[1], pair[0]),
            ),
        )
        for one in LANGUAGES
        if (held := found.terms.get(one))
    ]
    estimates = page_shares.estimates_of(access)
    worked = examples_query.worked_seen(access)
    counts = worked.counts((facet, code))
    shown, misses = examples_query.of_code(worked, (facet, code), language())
    return render(
        request,
        "codebook/code.html",
        {
            "estimates": estimates,
            "shares": page_shares.of_code(estimates, facet, code),
            "section": "codebook",
            "book": book,
            "facet": book.facets[facet],
            "code": found,
            "interventions": interventions,
            "passages": passages,
            "terms": terms,
            "shown": shown,
            "misses": misses,
            "counts": counts,
            "of_code": sum(carry for carry, _ in counts.values()),
            "near_count": sum(nearly for _, nearly in counts.values()),
            "is_derived": facet in DERIVED,
            "examples": examples,
            "are_accepted": are_accepted,
            "near_misses": codebook_use.near_misses(access, facet, code, language()),
            "neighbours": codebook_use.neighbours(access, facet, code),
        },
    )


@require_safe
@in_portfolio(lambda access: access.can_export)
def download(request: HttpRequest, access: Access, form: str) -> HttpResponse:
    """Give the codebook as CSV, XLSX or Markdown."""
    book = codebook_of(access.portfolio)
    if form == "md":
        answer = HttpResponse(
            codebook_markdown(book, language()),
            content_type="text/markdown; charset=utf-8",
        )
        answer["Content-Disposition"] = 'attachment; filename="codebook.md"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
    return table_answer.answer(codebook_table(book), "codebook", form)


def _all_words(code: Code) -> str:
    """Return labels, definitions and terms in all languages, as they are searched."""
    texts = [*code.label.values(), *code.definition.values(), code.code]
    texts += [term.phrase for terms in code.terms.values() for term in terms]
    return fold("\n".join(text.replace("*", "") for text in texts)).text
