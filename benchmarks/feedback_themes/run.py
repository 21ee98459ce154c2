"""How well are themes and mood of feedback found, and how well are names and codes masked?

`.venv/bin/python benchmarks/feedback_themes/run.py FI_TEXT` prints the tables of README.md. FI_TEXT: a folder with the
two files of Rasa training examples of AuroraAI's bots (chatbot_nlu_*.yml). `--quick` leaves them out.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import django
import yaml

HERE = Path(__file__).parent
os.environ.setdefault("LUOTSI_DEMONSTRATION", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luotsi.web.project.settings")
django.setup()

# Django is set only now, and what reads the county's content asks it for the overlay.
from luotsi.web.feedback.themes import lexicon, masking, mood, topics  # noqa: E402
from luotsi.web.feedback.themes.topics import Topics  # noqa: E402
from luotsi.web.services.language import words  # noqa: E402

FOLDS = 5
MARKED = re.compile(r"\{(name|code|contact):([^}]*)\}")
ENTITY = re.compile(r"\[([^]]*)\](?:\([^)]*\)|\{[^}]*\})")
Pair = tuple[str, str]
Guess = Callable[[str], str]


def scores(pairs: Iterable[Pair]) -> tuple[int, float, float]:
    """(texts, accuracy, macro F1) of pairs (right, guessed)."""
    known = list(pairs)
    hits = sum(right == guess for right, guess in known)
    f1: list[float] = []
    for label in sorted({right for right, _ in known}):
        true = sum(right == guess == label for right, guess in known)
        wrong = sum((right == label) != (guess == label) for right, guess in known)
        f1.append(2 * true / (2 * true + wrong) if true else 0.0)
    return len(known), hits / len(known), sum(f1) / len(f1)


def head(title: str) -> None:
    """Prints the head of a table."""
    print(f"\n### {title}\n\n| way | texts | accuracy | macro F1 |\n| --- | --- | --- | --- |")


def line(name: str, pairs: Iterable[Pair]) -> None:
    """Prints a row of a table."""
    number, accuracy, f1 = scores(pairs)
    print(f"| {name} | {number} | {accuracy:.2f} | {f1:.2f} |")


def by_words(taught: dict[str, Sequence[str]], otherwise: str) -> Guess:
    """The lexicon baseline: the label that shares most words, as they are written, with a text."""
    known = {label: {word for text in texts for word in words(text)} for label, texts in taught.items()}

    def guess(text: str) -> str:
        shared = {label: len(own & set(words(text))) for label, own in known.items()}
        best = max(sorted(shared), key=lambda label: shared[label])
        return best if shared[best] else otherwise

    return guess


def held_out() -> list[dict[str, str]]:
    """The fabricated texts that no word of county/themes was chosen or mended by."""
    with (HERE / "texts.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["part"] == "test"]


def themes() -> None:
    """Themes and moods of the fabricated texts."""
    for language in ("fi", "sv"):
        rows = [row for row in held_out() if row["language"] == language]
        for column, none in (("theme", "other"), ("mood", "neutral")):
            head(f"{column}, {language}")
            most = Counter(row[column] for row in rows).most_common(1)[0][0]
            line(f"majority ({most})", [(row[column], most) for row in rows])
            if column == "theme":
                plain = by_words(dict(lexicon.themes(language)), none)
                line("words as written", [(row[column], plain(row["text"])) for row in rows])
                line("ours", [(row[column], topics.found(row["text"], language)[0]) for row in rows])
            else:
                praise, blame = (
                    {word for text in lexicon.texts(name, language) for word in text.split()} for name in lexicon.MOODS
                )
                line("words as written", [(row[column], _plain_mood(row["text"], praise, blame)) for row in rows])
                line("ours", [(row[column], mood.of(row["text"], language)) for row in rows])


def _plain_mood(text: str, praise: set[str], blame: set[str]) -> str:
    found = set(text.lower().replace(",", " ").replace(".", " ").split())
    good, bad = len(found & praise), len(found & blame)
    return "mixed" if good and bad else "positive" if good else "negative" if bad else "neutral"


def intents(folder: Path) -> list[Pair]:
    """(intent, utterance) of the bots' training examples, in the order of the files."""
    found: list[Pair] = []
    for path in sorted(folder.glob("chatbot_nlu_*.yml")):
        for each in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            texts = each.get("examples") or []
            lines = texts.splitlines() if isinstance(texts, str) else texts
            told = [ENTITY.sub(r"\1", str(text).strip().removeprefix("- ").strip("'")) for text in lines]
            found += [(each["intent"], text) for text in told if each.get("intent") and text]
    many = Counter(intent for intent, _ in found)
    return [(intent, text) for intent, text in dict.fromkeys(found) if many[intent] >= FOLDS]


def cross_validated(folder: Path) -> None:
    """The same comparison on someone else's labels: each fifth is guessed by what the other four teach."""
    every = intents(folder)
    place: Counter[str] = Counter()
    folds: list[int] = []
    for intent, _ in every:
        folds.append(place[intent] % FOLDS)
        place[intent] += 1
    guessed: dict[str, list[Pair]] = {"majority": [], "words as written": [], "ours": []}
    for fold in range(FOLDS):
        taught: dict[str, list[str]] = {}
        for (intent, text), at in zip(every, folds, strict=True):
            if at != fold:
                taught.setdefault(intent, []).append(text)
        most = max(sorted(taught), key=lambda intent: len(taught[intent]))
        plain, ours = by_words(dict(taught), most), Topics(taught, "fi")
        for (intent, text), at in zip(every, folds, strict=True):
            if at == fold:
                guessed["majority"].append((intent, most))
                guessed["words as written"].append((intent, plain(text)))
                guessed["ours"].append((intent, ours.nearest(text) or most))
    head(f"intents of the bots: {len(place)} intents")
    for name, pairs in guessed.items():
        line(name, pairs)


def masks() -> None:
    """Recall by kind and precision of words, on fabricated texts."""
    kept, found = Counter[str](), Counter[str]()
    wrong = 0
    for each in (HERE / "masks.txt").read_text("utf-8").splitlines():
        if each.startswith("#"):
            continue
        language, _, marked = each.partition("\t")
        wanted = MARKED.findall(marked)
        text = MARKED.sub(r"\2", marked)
        left = Counter(re.findall(r"\w+", re.sub(r"\[[^]]*\]", " ", masking.masked(text, language))))
        lost = Counter(re.findall(r"\w+", text)) - left
        for kind, said in wanted:
            parts = Counter(re.findall(r"\w+", said))
            kept[kind] += 1
            found[kind] += not parts - lost
            lost -= parts
        if lost and "--show" in sys.argv:
            print("lost:", dict(lost), "in", text)
        wrong += sum(lost.values())
        missed = [
            said for _, said in wanted if Counter(re.findall(r"\w+", said)) - (Counter(re.findall(r"\w+", text)) - left)
        ]
        if missed and "--show" in sys.argv:
            print("missed:", missed, "in", text)
    print("\n### masks\n\n| kind | there | found | recall |\n| --- | --- | --- | --- |")
    for kind in ("name", "code", "contact"):
        print(f"| {kind} | {kept[kind]} | {found[kind]} | {found[kind] / kept[kind]:.2f} |")
    right = sum(found.values())
    print(f"\nWords masked that named no one: {wrong}; precision {right / (right + wrong):.2f}.")


def main() -> None:
    """All tables."""
    themes()
    folders = [Path(each) for each in sys.argv[1:] if not each.startswith("--")]
    if folders and "--quick" not in sys.argv:
        cross_validated(folders[0])
    masks()


if __name__ == "__main__":
    main()
