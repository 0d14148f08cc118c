"""Trains the tokenizer on the world's captions, in CLIP's layout: python vocabulary.py DATA MODEL/tokenizer OUT [--size 3072]

MODEL/tokenizer is a CLIP tokenizer's folder whose rules (normalizing, splitting, the tokens around a prompt) stay; OUT gets the same files
with other words. Every word of the recipe and many words that people use for the things in photos are tokens of their own.
"""
import argparse
import json
import os
import shutil

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from colours import NAMES
from layouts import Laws
from networks import LENGTH

# Words that users write and captions do not have, each worth a token.
WORDS = (
    "toy doll shell bowl pot figure shirt face plush stuffed object thing item statue sculpture wooden metal glass plastic ceramic knitted cloth leather "
    "old new big little tiny huge shiny striped dotted round square tall short wearing holding sitting standing lying flying swimming running inside "
    "outside under over beside behind between front top bottom middle corner desk table floor wall window door garden park kitchen room street road bridge "
    "river lake mountain hill sky cloud sun moon star rain fog fire city village castle house church tower eiffel paris london jungle ocean sea island "
    "sand rock stone leaf leaves wood fabric carpet blanket pillow shelf box basket bag "
    "gold silver morning evening night day winter summer spring autumn watercolor cartoon drawing painting sketch poster sticker photo picture "
    "close up view of a an the and or with without in on at to from his her its it is are man woman boy girl child baby person people hand head hair eye"
).split()


def captions(laws: Laws, count: int):
    """Captions of drawn scenes, then every word often enough to become a token."""
    rng = np.random.default_rng(0)
    for _ in range(count // 500):
        yield from laws.sample(500, rng)[1]
    words = {*WORDS, *NAMES} | set(laws.recipe["synonyms"]) | set(laws.recipe["synonyms"].values())
    for thing in laws.recipe["models"]["objects"] + laws.recipe["stamps"]["objects"]:
        words |= {thing["name"], thing["class"] or ""}
    for phrase in (part for word in sorted(words) for part in word.split()):
        yield " ".join([phrase] * 40)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("base")
    parser.add_argument("out")
    parser.add_argument("--size", type=int, default=3072)
    parser.add_argument("--captions", type=int, default=20000)
    options = parser.parse_args()
    rules = Tokenizer.from_file(os.path.join(options.base, "tokenizer.json"))
    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    trained.normalizer, trained.pre_tokenizer = rules.normalizer, rules.pre_tokenizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=options.size - 2, initial_alphabet=alphabet, end_of_word_suffix="</w>", special_tokens=[], show_progress=False)
    trained.train_from_iterator(captions(Laws(options.data), options.captions), trainer)
    table = json.loads(trained.to_str())["model"]
    write(options, table)


def write(options, table) -> None:
    """CLIP's order: the bytes, the bytes at a word's end, what the merges make, begin, end."""
    single = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in table["merges"]]
    tokens = single + [letter + "</w>" for letter in single]
    known = set(tokens)
    tokens += [made for made in dict.fromkeys(a + b for a, b in merges) if made not in known]
    begin, end = "<|startoftext|>", "<|endoftext|>"
    vocabulary = {token: number for number, token in enumerate([*tokens, begin, end])}
    os.makedirs(options.out, exist_ok=True)
    for name in os.listdir(options.base):
        shutil.copyfile(os.path.join(options.base, name), os.path.join(options.out, name))
    whole = json.load(open(os.path.join(options.base, "tokenizer.json")))
    old = {vocabulary_id: token for token, vocabulary_id in whole["model"]["vocab"].items()}
    number = {}
    for row in whole["added_tokens"]:
        number[row["id"]], row["id"] = vocabulary[row["content"]], vocabulary[row["content"]]
    whole["model"]["vocab"] = vocabulary
    whole["model"]["merges"] = [list(merge) for merge in merges] if isinstance(whole["model"]["merges"][0], list) else [" ".join(merge) for merge in merges]
    renumber(whole.get("post_processor"), number)
    renumber(whole.get("padding"), number)
    assert all(token in vocabulary for token in (old[one] for one in number)), "the tokens around a prompt have other names"
    json.dump(whole, open(os.path.join(options.out, "tokenizer.json"), "w"), ensure_ascii=False)
    json.dump(vocabulary, open(os.path.join(options.out, "vocab.json"), "w"), ensure_ascii=False)
    settings = json.load(open(os.path.join(options.base, "tokenizer_config.json")))
    json.dump({**settings, "model_max_length": LENGTH}, open(os.path.join(options.out, "tokenizer_config.json"), "w"), indent=2)
    with open(os.path.join(options.out, "merges.txt"), "w") as file:
        file.write("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
    print(len(vocabulary), "tokens; begin and end:", vocabulary[begin], vocabulary[end])


def renumber(part, number) -> None:
    """Replaces the ids of the tokens around a prompt, wherever they stand."""
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, int) and key in ("id", "pad_id") and value in number:
                part[key] = number[value]
            elif key == "ids" and isinstance(value, list):
                part[key] = [number.get(one, one) for one in value]
            else:
                renumber(value, number)
    elif isinstance(part, list):
        for k, value in enumerate(part):
            if isinstance(value, int) and value in number:
                part[k] = number[value]
            else:
                renumber(value, number)


if __name__ == "__main__":
    main()
