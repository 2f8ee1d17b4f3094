"""The coder that needs nothing but the codebook: its terms, its cues and the rules."""

from collections.abc import Sequence

from capmap.coding.capacity import framed, judge
from capmap.coding.languages import language_of
from capmap.coding.level import levels
from capmap.coding.modality import forms
from capmap.coding.people import PARTNER_OF, PARTS_OF_GOVERNMENT, mentions
from capmap.coding.reading import Reader
from capmap.coding.suggestion import Suggestion
from capmap.frameworks.codebook import Codebook
from capmap.frameworks.framework import Framework


class LexiconCoder:
    """Suggests codes by the terms and rules of a codebook.

    The same text always gets the same codes. Safe to share between threads, and cheap
    enough to build anew in each process (some tenths of a second).
    """

    def __init__(self, codebook: Codebook, framework: Framework | None = None) -> None:
        self.codebook = codebook
        self.version = f"lexicon {codebook.version}"
        self._reader = Reader(codebook)

    def suggest(
        self,
        text: str,
        *,
        language: str = "",
        context: str = "",
        sectors: Sequence[str] = (),
        markers: Sequence[tuple[str, int]] = (),
    ) -> list[Suggestion]:
        language = language or language_of(text)
        r = self._reader.read(text, language)
        capacity = judge(r)
        found: dict[tuple[str, str], Suggestion] = {}
        live = ~framed(r)
        cd = capacity.code == "cd"
        for (facet, code), hits in r.codes.items():
            if facet in ("level", "modality", "constituent", "target"): continue
            if not cd and facet not in ('outcome', 'programme'): continue
            because = self._reader.signals[hits[0].phrase.signal].term.phrase
            found[facet, code] = Suggestion(facet, code, 0.5, "words", because, r.spans(hits))
        for (facet,code) in list(found):
            if facet == 'programme':
                o = self.codebook.code(facet, code).outcome
                if ('outcome', o) not in found: found['outcome', o] = Suggestion('outcome', o, .5, 'implied', code)
        if cd:
            modal = forms(r, live, self._reader.signals)
            for s in modal: found[s.facet, s.code] = s
            for level, (why, doubtful) in levels(r, {s.code for s in modal}).items():
                found['level', level] = Suggestion('level', level, .5, 'rule', why, doubtful=doubtful)
            ms = mentions(r)
            for m in ms:
                if m.role == 'receiver':
                    found[m.facet, m.code] = Suggestion(m.facet, m.code, .5, 'words', self._reader.signals[m.hit.phrase.signal].term.phrase, r.spans([m.hit]))
            for m in ms:
                if m.role == 'giver' and m.code in PARTNER_OF and any(x.role=='receiver' for x in ms):
                    p = PARTNER_OF[m.code]
                    if ('partner', p) not in found: found['partner', p] = Suggestion('partner', p, .5, 'rule', 'gives', r.spans([m.hit]))
            for g in PARTS_OF_GOVERNMENT:
                if ('target', g) in found and ('constituent','government') not in found:
                    found['constituent','government'] = Suggestion('constituent','government',.5,'implied',g)
            if ('constituent','employers') in found and ('constituent','workers') in found:
                t = found.get(('constituent','tripartite'))
                if t and 'constituent' not in t.because and 'mandant' not in t.because:
                    del found['constituent','tripartite']
        return [capacity, *found.values()]
