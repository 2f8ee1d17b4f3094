"""The language of a passage, where the source is silent or wrong."""

import re
from functools import cache
from typing import Any

_STOP_WORDS = {
    "en": """the a of and to in for by on with is are was were that this from as at be been has
        have had will would which who their its it an or not more into than there these
        those between through should each both they we our under over about how""",
    "fr": """le la les des du de et à au aux en un une dans pour par sur avec est sont été que
        qui ce cette ces leur leurs son sa ses d l n s y ont pas plus ou il elle nous se
        afin entre ainsi dont sous vers chez lors""",
    "es": """el la los las del de y a al en un una para por con es son fue fueron que se su sus
        este esta estos estas lo como más no o e entre sobre desde hasta sin cuya cuyos
        ha han sido hay donde según tras ante""",
    # Neighbours, so that they are not taken for one of the three.
    "pt": """o a os as do da dos das em no na nos nas um uma para por com não ao à que e pelo
        pela seu sua são foi foram entre sobre mais""",
    "it": "il lo la i gli le di del della dei delle e in un una per con che è sono nel nella al",
    "de": "der die das und in den von zu mit für auf ist im des dem ein eine sind bei",
    "nl": "de het een en van in op te dat voor met zijn aan door bij",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, words in _STOP_WORDS.items() if word in words.split())
    for word in " ".join(_STOP_WORDS.values()).split()
}
#: Words that only hold a sentence together, in any of these languages.
STOP_WORDS = frozenset(_LANGUAGES_OF)
_WORD = re.compile(r"[^\W\d_]+")
#: Letters that one of the three languages has and the other two have not.
_TELLING = {"es": frozenset("ñ¿¡óíú"), "fr": frozenset("èêàùûîôœç")}
#: Languages that py3langid may answer with: the official ones of the United Nations and
#: the large languages of donors. More would only add mistakes on short texts.
_LIKELY = ("en", "fr", "es", "pt", "de", "it", "nl", "ar", "ru", "zh", "sv", "da", "no", "fi")  # fmt: skip


def language_of(text: str, hint: str = "") -> str:
    """Return the ISO 639-1 code of the language of ``text``.

    ``hint`` is what the source says; it holds unless the text clearly says otherwise
    (files under a Spanish label hold English passages). Stop words are counted first;
    py3langid is asked only where they leave a doubt. An empty answer means that there
    is no hint and not a word to go by.

    >>> language_of("Training of labour inspectors in the provinces", "es")
    'en'
    """
    hint = hint[:2].lower()
    words = _WORD.findall(text.lower())
    counts = dict.fromkeys(_STOP_WORDS, 0.0)
    for word in words:
        for code in _LANGUAGES_OF.get(word, ()):
            counts[code] += 1
    if not text.isascii():
        for code, letters in _TELLING.items():
            if not letters.isdisjoint(text):
                counts[code] += 1.5
    best, second = sorted(counts, key=counts.__getitem__, reverse=True)[:2]
    lead = counts[best] - counts[second]
    share = counts[best] / max(1, len(words))
    if lead >= 2 and share >= 0.2:
        return best
    if hint in counts and counts[hint] >= min(1, counts[best]) and lead < 2:
        return hint
    if len(words) < 4:
        return hint or (best if lead > 0 else "")
    return str(_classifier().classify(text)[0])


@cache
def _classifier() -> Any:
    """Load py3langid only when a passage needs it, and once: it costs half a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_LIKELY))
    # The tables of the other languages are of no use here, and weigh 100 MB.
    restricted = identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes
    identifier._full_model = restricted
    return identifier
