"""What is stored of the forum and of the letterbox, and how it is found."""

from forum.models.boards import Board
from forum.models.letters import DraftWriter, Letter, Letterbox, LetterPart, Publication, Referral
from forum.models.posts import Nod, Post, PrivateWord, Topic, Writer

__all__ = [
    "Board",
    "DraftWriter",
    "Letter",
    "LetterPart",
    "Letterbox",
    "Nod",
    "Post",
    "PrivateWord",
    "Publication",
    "Referral",
    "Topic",
    "Writer",
]
