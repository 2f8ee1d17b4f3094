"""What is stored, one file per topic. Import models from here."""

from capmap.records.models.codebook import CodebookVersion, TermChange
from capmap.records.models.coding import Coder, Coding
from capmap.records.models.evidence import (
    ColumnMapping,
    Import,
    ImportedChange,
    Passage,
    SetAsideRecord,
    SourceFile,
)
from capmap.records.models.examples import OwnExample
from capmap.records.models.history import Change
from capmap.records.models.jobs import Job
from capmap.records.models.learning import LearnedModel
from capmap.records.models.people import Invitation, Membership, Role, User
from capmap.records.models.portfolio import (
    Intervention,
    InterventionCountry,
    Portfolio,
    SavedView,
)
from capmap.records.models.review import (
    Comment,
    Reading,
    ReadingCode,
    ReviewItem,
    ReviewRound,
    Verdict,
)

__all__ = [
    "Change",
    "CodebookVersion",
    "Coder",
    "Coding",
    "ColumnMapping",
    "Comment",
    "Import",
    "ImportedChange",
    "Intervention",
    "InterventionCountry",
    "Invitation",
    "Job",
    "LearnedModel",
    "Membership",
    "OwnExample",
    "Passage",
    "Portfolio",
    "Reading",
    "ReadingCode",
    "ReviewItem",
    "ReviewRound",
    "Role",
    "SavedView",
    "SetAsideRecord",
    "SourceFile",
    "TermChange",
    "User",
    "Verdict",
]
