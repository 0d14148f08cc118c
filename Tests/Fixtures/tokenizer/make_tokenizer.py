"""Writes tokenizer folders and what transformers makes of tricky prompts with each of them.

Run: python make_tokenizer.py EMBEDDED   (transformers 5.23; EMBEDDED is the embedded model's tokenizer/)
Folders: `embedded` is a copy; the others share a small vocabulary trained here in CLIP's order (bytes,
bytes at word ends, merges, special tokens) and differ in how their settings files say things:
`sd15` as Stable Diffusion 1.5's folder, `sd21` as 2.1's (padding with "!", id 0), `decoder` as saved by
transformers 4.4x with added tokens, `legacy` with added_tokens.json, `json` with tokenizer.json only and
switches on its added tokens, `holes` with a vocabulary that lacks some bytes.
"""
import json
import shutil
import sys
from collections import Counter
from pathlib import Path

from transformers import AddedToken, CLIPTokenizer

here = Path(__file__).parent
BOS, EOS = "<|startoftext|>", "<|endoftext|>"

PROMPTS = [
    "", " ", "   \t\n ", "a", "A", "a photo of a dog", "A Photo OF a DoG at the BEACH", "a  photo\tof\na   cat ",
    "a photo of a rubber duck at the beach", "an oil painting of two sheep and a tractor, in the snow",
    "don't", "it's John's", "we're they've I'm she'll he'd can't", "DON'T IT'S WE'RE", "'s", "''s", "'sun", "'x",
    "'re're", "o'clock 'twas '90s", "rock'n'roll", "a ' b", "it' s", "’s curly’s", "'Ll 'VE", "'ſ",
    "123", "1 2 3", "a1b2c3", "2024-01-31", "3.14159", "10,000", "½ ² ³ Ⅻ ٣ 五", "x²", "1st 2nd",
    "hello, world!", "!", "!!", "!!!???", "...", "a.b.c", "(a)[b]{c}", "a-b_c", "a/b\\c", "#tag @user", "100%",
    "\"quoted\"", "<b>bold</b>", "a|b", "~`^", "$5 €5 £5 ¥5", "a+b=c", "&amp; &lt;", "C++ C#", "e.g., i.e.;",
    "naïve café", "nai\u0308ve cafe\u0301", "Ångström A\u030a \u212b", "ÉCOLE", "straße STRASSE ẞ", "İstanbul ıI",
    "ΣΑΣ ΟΔΟΣ", "Привет, мир!", "日本語 の 犬", "한국어 \u1112\u1161\u11ab", "שלום", "مرحبا بالعالم", "हिन्दी",
    "ไทย", "ﬁ ﬂ ﬀ", "Ⅷ ⅷ", "K Ω µ", "Dž ǆ ǅ", "ŉ", "ᾈ ᾀ", "\u0344 \u0958", "a\u0301\u0323 a\u0323\u0301",
    "😀", "a 😀 dog", "👩‍👩‍👧‍👦 family", "🇩🇪", "👍🏽", "❤️", "dog🐶cat🐱", "🐶🐶🐶", "☃ ☂ ★", "→ ← ⇒", "∀x∈ℝ",
    "a\u00a0b", "a\u2003b", "a\u200bb", "a\u3000b", "a\u2028b\u2029c", "a\u0085b", "a\x0bb\x0cc", "a\x1cb\x1fc",
    "a\u180eb", "a\ufeffb", "\ufeffa", "a\x00b", "a\x01b\x7fc", "a\u00adb", "\u0301", "\u0301a", "a\u0301", "\ue000",
    "\U0010ffff", "\ufffd", "\ufffe", "𝒜𝓁 𝟙𝟚", "𐐀𐐨", "ａｂｃ１２", "①②③", "ª º", "a\u0345", "\u02bcs",
    BOS, EOS, f"a {BOS} b", f"a{EOS}b", f"{EOS}{EOS}", "<|STARTOFTEXT|>", "<|EndOfText|>!!", "!!<|startoftext|>",
    "x<|ENDOFTEXT|>y", "<|startoftext", "|endoftext|>", f" {EOS} ", f"{EOS}'s", "<||>",
    "a photo of <asset0>", "a photo of <asset0> and <asset1>", "<asset0>", "<asset0><asset1>", "x<asset0>y",
    "<asset0>'s", "<ASSET0> and <Asset1>", "<asset 0>", "<asset00>", "<asset10>", "<asset1>0", "< asset0 >",
    "a <asset0>, a <asset1>.", "<asset", "asset0>", "<<asset0>>", "  <asset0>  ", "1<asset0>2", "é<asset0>é",
    "photo of a <new thing> here", "photo of a <NEW   thing>here", "solo solos a solo. solo-solo _solo 1solo",
    "left <l>  , <l>left  <r>  right  <r>", "quick queer quiz zoo ZZ q z", "jumps over the lazy dog",
    "antidisestablishmentarianism", "a" * 40, "ab" * 100, "ha" * 30 + "!" * 30, "zebra" * 12,
    "word " * 12, "word " * 29, "word " * 30, "word " * 31, "a photo of a dog and a cat " * 12,
    "a, b; c: d! e? f. g - h / i " * 4, "supercalifragilisticexpialidocious in the forest at night",
    "http://example.com/a?b=c&d=e#f", "foo@bar.com", "\\n \\t", "a\r\nb", "\r", "trailing space ", " leading",
    "MixedCASE wOrDs", "x" * 255, "x" * 256, "x" * 257, "%20%F0%9F", "aa'bb'cc", "'''", "\"'s\"", "-'s-",
]

TEXT = (
    "a photo of a dog and a cat at the beach in the snow on the grass an oil painting of two sheep and a "
    "tractor under water at night a pencil sketch of the zebra and the rubber duck on a wooden table word "
    "words over the lazy moon it's don't we're they've jumps in front of a brick wall with quick zoo "
).split()


def byte_characters():
    """GPT-2's byte alphabet, in its order: the printable ones first."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + i) for i in range(len(rest))]


def train(count):
    """Merges of plain BPE over TEXT."""
    words = Counter((*word[:-1], word[-1] + "</w>") for word in TEXT)
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, times in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        joined = Counter()
        for word, times in words.items():
            out, i = [], 0
            while i < len(word):
                if word[i : i + 2] == best:
                    out.append(best[0] + best[1])
                    i += 2
                else:
                    out.append(word[i])
                    i += 1
            joined[tuple(out)] += times
        words = joined
    return merges


def write(name, merges, files, without=""):
    folder = here / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    letters = [c for c in byte_characters() if c not in without]
    tokens = letters + [c + "</w>" for c in letters] + ["".join(pair) for pair in merges] + [BOS, EOS]
    vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    for file, content in files(vocab).items():
        (folder / file).write_text(json.dumps(content, ensure_ascii=False, indent=2))
    return folder


def token(content, **switches):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False, **switches}


def typed(content):
    return {"__type": "AddedToken", **token(content)}


def special(pad, wrap):
    return {"bos_token": wrap(BOS), "eos_token": wrap(EOS), "pad_token": pad, "unk_token": wrap(EOS)}


def sd15(vocab):
    return {
        "special_tokens_map.json": special(EOS, token),
        "tokenizer_config.json": {
            "add_prefix_space": False, "bos_token": typed(BOS), "do_lower_case": True, "eos_token": typed(EOS),
            "errors": "replace", "model_max_length": 77, "name_or_path": "openai/clip-vit-large-patch14",
            "pad_token": EOS, "special_tokens_map_file": "./special_tokens_map.json",
            "tokenizer_class": "CLIPTokenizer", "unk_token": typed(EOS)},
    }


def sd21(vocab):
    files = sd15(vocab)
    files["special_tokens_map.json"]["pad_token"] = "!"
    return files


def decoder(vocab):
    n = len(vocab)
    return {
        "special_tokens_map.json": special("!", token),
        "added_tokens.json": {"<asset0>": n, "<asset1>": n + 1},
        "tokenizer_config.json": {
            "added_tokens_decoder": {
                "0": token("!", normalized=False, special=True),
                str(vocab[BOS]): token(BOS, special=True), str(vocab[EOS]): token(EOS, special=True),
                str(n): token("<asset0>", special=False), str(n + 1): token("<asset1>", special=False)},
            "bos_token": BOS, "eos_token": EOS, "pad_token": "!", "unk_token": EOS, "model_max_length": 20,
            "clean_up_tokenization_spaces": True, "tokenizer_class": "CLIPTokenizer"},
    }


def legacy(vocab):
    n = len(vocab)
    return {"special_tokens_map.json": special(EOS, str),
            "added_tokens.json": {"<asset1>": n + 1, "<asset0>": n, "<asset10>": n + 2},
            "tokenizer_config.json": {"model_max_length": 12}}


def use_json(folder):
    """Leaves only tokenizer.json, with switches on added tokens."""
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([
        AddedToken("<new thing>", normalized=True), AddedToken("solo", single_word=True, normalized=False),
        AddedToken("<l>", lstrip=True, normalized=False), AddedToken("<r>", rstrip=True, normalized=True),
        AddedToken("<asset0>", normalized=False), AddedToken("<asset1>", special=True)])
    shutil.rmtree(folder)
    tokenizer.save_pretrained(folder)


def expect(folder, added=()):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    assert len(added) == tokenizer.add_tokens(list(added))
    rows = []
    for prompt in PROMPTS:
        ids = tokenizer(prompt, add_special_tokens=False).input_ids
        padded = tokenizer(prompt, padding="max_length", truncation=True, max_length=tokenizer.model_max_length).input_ids
        unpadded = padded[: min(len(ids) + 2, len(padded))]
        assert padded == unpadded + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(unpadded))
        rows.append({"text": prompt, "ids": ids, "kept": unpadded[1:-1] if len(ids) + 2 > len(padded) else None, "decoded": tokenizer.decode(ids),
                     "plain": tokenizer.decode(padded, skip_special_tokens=True)})
    ids = {"bos": tokenizer.bos_token_id, "eos": tokenizer.eos_token_id, "pad": tokenizer.pad_token_id,
           "unk": tokenizer.unk_token_id, "count": len(tokenizer), "length": tokenizer.model_max_length}
    name = folder.name + ("-added" if added else "")
    body = ",\n".join(json.dumps(row) for row in rows)
    (here / f"{name}.json").write_text(f'{{"added": {json.dumps(added)}, "special": {json.dumps(ids)},\n"prompts": [\n{body}]}}\n')


def main(embedded):
    folder = here / "embedded"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(embedded, folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    (folder / "tokenizer.json").unlink()  # the same vocabulary once more
    merges = train(160)
    expect(folder)
    expect(folder, ["<asset0>", "<asset1>", "<asset10>", "<New Thing>"])
    for name, files in [("sd15", sd15), ("sd21", sd21), ("decoder", decoder), ("legacy", legacy)]:
        expect(write(name, merges, files))
    expect(here / "sd21", ["<asset0>", "<asset1>"])
    folder = write("json", merges, sd15)
    use_json(folder)
    expect(folder)
    expect(write("holes", [m for m in merges if not set("qz") & set("".join(m))], sd15, without="qz!éĠ"))


main(Path(sys.argv[1]))
