#!/usr/bin/env python3
"""Fits the model that weighs values assigned to names (src/refine/score/model.txt).

usage: fit.py letters SET             the table of letter pairs, from the set's text
       fit.py fit SET EXPLAINED       the whole model; EXPLAINED is what
                                      `redhanded scan --explain --format jsonl` says of the set
       fit.py report SET EXPLAINED    cross-validated figures, by category also without
                                      the weighing
       fit.py write SET FOLDER        each place as a file FOLDER/<id>/<path>
       fit.py score SET FOUND         the figures of a scan of that folder, FOUND being its
                                      report (--format jsonl)

SET is a file of labelled places, one JSON object a line (may be gzipped): id, repo, path, before,
lines, after, label (T a credential, F none, N neither), group, strong, t_lines, value_start,
value_end. Everything is computed in a fixed order and rounded, so that the same set gives the same
bytes. Only the standard library is used.
"""
import collections
import gzip
import json
import math
import os
import re
import sys

# Groups that also count in pairs.
PAIRS = [
    ("name", "alphabet"),
    ("name", "letters"),
    ("name", "length"),
    ("name", "behind"),
    ("alphabet", "length"),
    ("quote", "expression"),
    ("name", "sample"),
    ("name", "word"),
    ("name", "quote"),
    ("mix", "length"),
    ("name", "line"),
    ("alphabet", "entropy"),
    ("sample", "alphabet"),
    ("word", "length"),
    ("name", "shape"),
]
# Strength of the pull towards zero: of single features, of pairs, of files.
PULL_SINGLE, PULL_PAIR, PULL_FILE = 8.0, 10.0, 6.0
ROUNDS = 40
FOLDS = 5
# Credentials of a category that is told of by itself.
LEAST_OF_CATEGORY = 30


def load(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def letters(records):
    """How common each pair of letters is in ordinary words: hundredths of a natural logarithm,
    against 26 equally common ones."""
    counts = collections.Counter()
    for record in records:
        for line in record["before"] + record["after"]:
            for word in re.findall(r"[A-Za-z]{4,}", line):
                # A capital between small letters begins a word of its own.
                for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", word):
                    part = part.lower()
                    counts.update(a + b for a, b in zip(part, part[1:]))
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    for one in alphabet:
        total = sum(counts[one + other] for other in alphabet)
        row = [
            round(100 * math.log((counts[one + other] + 0.5) / (total + 13)))
            for other in alphabet
        ]
        yield "\t".join(["table", one] + [str(max(-700, value)) for value in row])


class Candidate:
    """A value that was weighed: its features and where it stands."""

    def __init__(self, said):
        self.file = said["path"]
        self.id = re.search(r"(?:^|/)(t\d{5})/", said["path"])[1]
        self.first, self.last = said["line"], min(said["end_line"], said["line"] + 150)
        self.start, self.end = said["column"] - 1, said["end_column"] - 1
        self.features, self.kind, self.bare = {}, "unknown", False
        for share in said["likelihood"]["shares"]:
            names = re.split(r", (?=[a-z]+: )", share["feature"])
            if len(names) > 1 or names[0] == "any value":
                continue
            group, _, value = names[0].partition(": ")
            if group == "file":
                self.kind, _, bare = value.partition(", ")
                self.bare = bool(bare)
            else:
                self.features[group] = value
        self.overlapped = said.get("reason") == "overlap"

    def is_value_of(self, record):
        """Whether it is what the record is about, and not something beside it."""
        start, end = record.get("value_start"), record.get("value_end")
        if start is None or end is None or self.first != len(record["before"]) + 1:
            return True
        return self.start < end and (start < self.end or self.last > self.first)

    def keys(self):
        yield from ((group, value) for group, value in self.features.items())
        for one, other in PAIRS:
            yield (one, other, self.features[one], self.features[other])
        yield ("file", self.kind, "bare" if self.bare else "quoted")


def read(path):
    """Candidates that were weighed, and the lines of all other findings."""
    weighed, others = collections.defaultdict(list), collections.defaultdict(list)
    for said in load(path):
        if said["type"] not in ("finding", "dropped"):
            continue
        found = re.search(r"(?:^|/)(t\d{5})/", said["path"])
        if not found:
            continue
        if said.get("reason", "unlikely") not in ("unlikely", "overlap"):
            continue
        if "likelihood" in said:
            weighed[found[1]].append(Candidate(said))
        elif said["type"] == "finding" and said.get("confidence") != "low":
            others[found[1]].append((said["line"], min(said["end_line"], said["line"] + 150)))
    return weighed, others


def meets(record, first, last):
    start = len(record["before"]) + 1
    if not (first <= start + len(record["lines"]) - 1 and start <= last):
        return False
    marked = record.get("t_lines", ())
    return not (record["label"] == "F" and any(first <= line <= last for line in marked))


def examples(records, weighed):
    """Labelled candidates: (candidate, is it a credential, its repository)."""
    for record in records:
        if record["label"] == "N":
            continue
        for candidate in weighed.get(record["id"], ()):
            if candidate.overlapped or not meets(record, candidate.first, candidate.last):
                continue
            if record["label"] == "F" or candidate.is_value_of(record):
                yield candidate, record["label"] == "T", record["repo"]


class Model:
    """Logistic regression with a pull towards zero, fitted one weight after the other."""

    def __init__(self):
        self.bias, self.weights = 0.0, {}

    def odds(self, candidate):
        """By text and path, and by the text alone."""
        text = file = 0.0
        for key in candidate.keys():
            if key[0] == "file":
                file += self.weights.get(key, 0.0)
            else:
                text += self.weights.get(key, 0.0)
        return self.bias + text + file, self.bias + text

    def fit(self, labelled, weight_of):
        # Equal examples are one, as heavy as all of them.
        merged = collections.OrderedDict()
        for candidate, label, repo in labelled:
            keys = tuple(candidate.keys())
            slot = merged.setdefault(keys, [0.0, 0.0])
            slot[label] += weight_of(repo)
        rows = list(merged.items())
        index = collections.OrderedDict()
        for at, (keys, _) in enumerate(rows):
            for key in keys:
                index.setdefault(key, []).append(at)
        index = [(key, at) for key, at in index.items()]
        heavy = [negative + positive for _, (negative, positive) in rows]
        right = [positive for _, (_, positive) in rows]
        odds = [0.0] * len(rows)
        weights = {key: 0.0 for key, _ in index}
        bias = 0.0
        everything = list(range(len(rows)))
        for _ in range(ROUNDS):
            moved = 0.0
            for key, members in [(None, everything)] + index:
                slope, bend = 0.0, 1e-6
                for at in members:
                    chance = 1.0 / (1.0 + math.exp(-odds[at]))
                    slope += right[at] - heavy[at] * chance
                    bend += heavy[at] * chance * (1.0 - chance)
                if key is not None:
                    pull = pull_of(key)
                    slope -= pull * weights[key]
                    bend += pull
                step = max(-1.0, min(1.0, slope / bend))
                if key is None:
                    bias += step
                else:
                    weights[key] += step
                for at in members:
                    odds[at] += step
                moved = max(moved, abs(step))
            if moved < 0.002:
                break
        self.bias, self.weights = bias, weights


def pull_of(key):
    if key[0] == "file":
        return PULL_FILE
    return PULL_PAIR if len(key) == 4 else PULL_SINGLE


def weigher(labelled):
    """A repository of many like examples does not count as many."""
    sizes = collections.Counter(repo for _, _, repo in labelled)
    return lambda repo: min(1.0, (20.0 / sizes[repo]) ** 0.3)


def fitted(labelled):
    model = Model()
    model.fit(labelled, weigher(labelled))
    return model


def fold_of(repo):
    return int(repo, 16) // 2 % FOLDS


def cross_validated(records, weighed, labelled):
    """For each candidate its odds by a model that has not seen its repository."""
    odds = {}
    for fold in range(FOLDS):
        model = fitted([one for one in labelled if fold_of(one[2]) != fold])
        for record in records:
            if fold_of(record["repo"]) == fold:
                for candidate in weighed.get(record["id"], ()):
                    odds[id(candidate)] = model.odds(candidate)
    return odds


def best_of(records, weighed, others, odds, by_text=False):
    """For each labelled record the highest odds of what was found in it; other findings are
    certain."""
    best = {}
    for record in records:
        if record["label"] == "N":
            continue
        hits = [float("inf") for span in others.get(record["id"], ()) if meets(record, *span)]
        for candidate in weighed.get(record["id"], ()):
            if candidate.overlapped or not meets(record, candidate.first, candidate.last):
                continue
            hits.append(odds[id(candidate)][by_text])
        best[record["id"]] = max(hits, default=float("-inf"))
    return best


VIEWS = ["core", "strong", "structured", "context", "generic"]


def in_view(record, view):
    if record["label"] == "N":
        return False
    if view == "core":
        return True
    if view == "strong":
        return record["label"] == "F" or record["strong"]
    return record["group"] == view


def figures(records, best, least, view):
    return precision_and_recall((one for one in records if in_view(one, view)), best, least)


def precision_and_recall(records, best, least):
    right = wrong = missed = 0
    for record in records:
        hit = best[record["id"]] >= least
        if record["label"] == "T":
            right, missed = right + hit, missed + (not hit)
        else:
            wrong += hit
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    return precision, recall


def threshold(records, best, precision):
    """The lowest odds from which on the findings are that precise."""
    places = sorted(
        ((best[record["id"]], record["label"] == "T") for record in records if record["id"] in best),
        key=lambda place: -place[0],
    )
    right = wrong = 0
    least = 0.0
    for at, (odds, label) in enumerate(places):
        right, wrong = right + label, wrong + (not label)
        if odds == float("-inf"):
            break
        ends = at + 1 == len(places) or places[at + 1][0] < odds
        if ends and odds != float("inf") and right / (right + wrong) >= precision:
            least = odds
    return least


def write(records, folder):
    for record in records:
        path = os.path.join(folder, record["id"], record["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf8", newline="") as file:
            file.write("\n".join(record["before"] + record["lines"] + record["after"]) + "\n")


def score(records, path):
    found = collections.defaultdict(list)
    for said in load(path):
        place = said["type"] == "finding" and re.search(r"(?:^|/)(t\d{5})/", said["path"])
        if place:
            found[place[1]].append((said["line"], min(said["end_line"], said["line"] + 150)))
    best = {
        record["id"]: float(any(meets(record, *span) for span in found[record["id"]]))
        for record in records
    }
    for view in VIEWS:
        precision, recall = figures(records, best, 1.0, view)
        print(f"  {view:10} precision {precision:.3f} recall {recall:.3f}")


def report(records, weighed, others):
    labelled = list(examples(records, weighed))
    odds = cross_validated(records, weighed, labelled)
    best = best_of(records, weighed, others, odds)
    ceiling = figures(records, best, -1e9, "core")
    print(f"{len(labelled)} labelled candidates; all of them: precision {ceiling[0]:.3f} recall {ceiling[1]:.3f}")
    for wanted, by_text in ((0.95, False), (0.70, True)):
        best = best_of(records, weighed, others, odds, by_text)
        least = threshold(records, best, wanted)
        print(f"from {least:.3f} on (precision {wanted} asked):")
        for view in VIEWS:
            precision, recall = figures(records, best, least, view)
            print(f"  {view:10} precision {precision:.3f} recall {recall:.3f}")
        if not by_text:
            by_category(records, best, least)


def by_category(records, best, least):
    """Precision and recall of each category of places, with the weighing and without it."""
    of_category = collections.defaultdict(list)
    for record in records:
        if record["label"] != "N":
            for category in record["category"].split(":"):
                of_category[category].append(record)
    print("category, credentials and others: precision and recall weighed, and unweighed")
    for category, members in sorted(of_category.items(), key=lambda one: (-len(one[1]), one[0])):
        credentials = sum(record["label"] == "T" for record in members)
        if credentials >= LEAST_OF_CATEGORY:
            weighed_so = precision_and_recall(members, best, least)
            unweighed = precision_and_recall(members, best, -1e9)
            row = (category, credentials, len(members) - credentials, *weighed_so, *unweighed)
            print("  %-28s %4d %5d   %.3f %.3f   %.3f %.3f" % row)


def main():
    what, path, *rest = sys.argv[1:]
    records = load(path)
    if what == "letters":
        print("\n".join(letters(records)))
        return
    if what == "write":
        write(records, rest[0])
        return
    if what == "score":
        score(records, rest[0])
        return
    weighed, others = read(rest[0])
    if what == "report":
        report(records, weighed, others)
        return
    labelled = list(examples(records, weighed))
    odds = cross_validated(records, weighed, labelled)
    best = best_of(records, weighed, others, odds)
    model = fitted(labelled)
    whole = lambda value: round(1000 * value)
    print("# Written by tools/train/run; not to be edited. Logarithms of odds, in thousandths.")
    sizes = collections.Counter(label for _, label, _ in labelled)
    print(f"# Fitted to {len(labelled)} places, {sizes[True]} of them credentials, in {len(set(repo for _, _, repo in labelled))} public repositories.")
    print("# Letters: natural logarithms of the frequency of pairs, in hundredths.")
    print("\n".join(letters(records)))
    print(f"bias\t{whole(model.bias)}")
    print(f"medium\t{whole(threshold(records, best, 0.952))}")
    by_text = best_of(records, weighed, others, odds, True)
    print(f"low\t{whole(threshold(records, by_text, 0.70))}")
    kinds = sorted({key[1] for key in model.weights if key[0] == "file"})
    for kind in kinds:
        quoted, bare = (model.weights.get(("file", kind, how), 0.0) for how in ("quoted", "bare"))
        print(f"file\t{kind}\t{whole(quoted)}\t{whole(bare)}")
    for key in sorted(key for key in model.weights if key[0] != "file"):
        value = whole(model.weights[key])
        if value:
            print("\t".join(key) + f"\t{value}")


if __name__ == "__main__":
    main()
