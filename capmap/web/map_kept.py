"""Maps that were drawn lately, kept in each process: drawing one takes longest."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from django.utils.safestring import SafeString

from capmap.publishing.map_model import MapModel
from capmap.web.map_finding import Finding


@dataclass(slots=True)
class Drawn:
    """A map that was drawn: what it takes longest to make again."""

    model: MapModel
    finding: Finding
    matrix: SafeString | None = None


#: Maps kept drawn in each process, the ones looked at last.
KEPT = 48

_drawn: OrderedDict[Hashable, Drawn] = OrderedDict()
_lock = Lock()


def drawn_once(key: Hashable, draw: Callable[[], Drawn]) -> Drawn:
    """Return the map of ``key``, drawn now unless it was drawn lately."""
    with _lock:
        if found := _drawn.get(key):
            _drawn.move_to_end(key)
            return found
    made = draw()
    with _lock:
        _drawn[key] = made
        while len(_drawn) > KEPT:
            _drawn.popitem(last=False)
    return made
