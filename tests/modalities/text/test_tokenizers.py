"""Tokenizers: text comes back, JSON comes back, and what they do not know is said."""

import json

import pytest

from multigan.errors import CheckpointError, ConfigError, UnknownNameError
from multigan.modalities.text.tokenizers import (
    TOKENIZERS,
    ByteTokenizer,
    CharacterTokenizer,
    FastTokenizer,
    WordTokenizer,
    is_tokenized,
    read_tokenizer,
)

TEXTS = [
    "A man rides a wave, on top of a surfboard.",
    "Is it 3.5 meters (or so)? It isn't!",
    'She said "no" — twice; naïve café.',
]


def trained(kind: str):
    if kind == "word":
        return WordTokenizer.trained(TEXTS)
    if kind == "char":
        return CharacterTokenizer.trained(TEXTS)
    if kind == "fast":
        pytest.importorskip("tokenizers", reason="subwords need the extra 'text'")
        return FastTokenizer.trained(TEXTS, size=300)
    return ByteTokenizer()


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back(kind, text):
    tokenizer = trained(kind)
    ids = tokenizer.encode(text)
    assert tokenizer.end_id not in ids
    assert all(0 <= index < len(tokenizer) for index in ids)
    assert tokenizer.decode(ids) == text


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_json_comes_back(kind):
    tokenizer = trained(kind)
    again = read_tokenizer(json.loads(json.dumps(tokenizer.to_json())))
    assert len(again) == len(tokenizer)
    assert again.end_id == tokenizer.end_id
    assert again.encode_all(TEXTS) == tokenizer.encode_all(TEXTS)
    assert again.to_json() == tokenizer.to_json()


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_training_is_repeatable(kind):
    assert trained(kind).to_json() == trained(kind).to_json()


def test_every_text_is_bytes_and_bytes_that_are_no_text_are_shown():
    tokenizer = ByteTokenizer()
    assert tokenizer.decode(tokenizer.encode("😀\n\x00 ü")) == "😀\n\x00 ü"
    assert tokenizer.decode([0xFF + 1, ord("a") + 1]) == "\N{REPLACEMENT CHARACTER}a"


@pytest.mark.parametrize("make", [WordTokenizer, CharacterTokenizer])
def test_what_was_never_seen_is_unknown(make):
    tokenizer = make.trained(["a b", "b"])
    assert tokenizer.encode("z") == [tokenizer.unknown_id]


def test_the_vocabulary_holds_the_most_frequent_in_an_order_of_their_own():
    tokenizer = WordTokenizer.trained(["c b a", "a b", "a"], size=4)
    assert tokenizer.words[2:] == ["a", "b"]
    assert WordTokenizer.trained(["b a"]).words == WordTokenizer.trained(["a b"]).words
    assert WordTokenizer.trained(["a a b"], min_count=2).words[2:] == ["a"]


def test_tokenized_text_is_told_from_print():
    assert is_tokenized(["a man , a plan .", "it 's fine ."])
    assert not is_tokenized(["A man, a plan.", "It's fine."])
    spaced = WordTokenizer.trained(["a man , a plan ."], spaced=True)
    assert spaced.decode(spaced.encode("a plan , a man .")) == "a plan , a man ."


def test_lowercase_is_kept_for_prompts():
    tokenizer = WordTokenizer.trained(["A man."], lowercase=True)
    assert tokenizer.unknown_id not in tokenizer.encode("a MAN.")


def test_until_end_stops_at_the_first_end():
    assert ByteTokenizer().until_end([5, 6, 0, 7, 0]) == [5, 6]
    assert ByteTokenizer().until_end([5, 6]) == [5, 6]


def test_fast_tokenizers_are_brought_along_as_a_file_or_a_folder(tmp_path):
    transformers = pytest.importorskip("transformers", reason="needs the extra 'text'")
    tokenizer = trained("fast")
    path = tmp_path / "tokenizer.json"
    tokenizer.tokenizer.save(str(path))
    assert FastTokenizer.loaded(str(path)).encode_all(TEXTS) == tokenizer.encode_all(TEXTS)
    wrapped = transformers.PreTrainedTokenizerFast(tokenizer_file=str(path), eos_token="<end>")
    wrapped.save_pretrained(tmp_path / "folder")
    loaded = FastTokenizer.loaded(str(tmp_path / "folder"))
    assert loaded.end_id == tokenizer.end_id
    assert loaded.encode_all(TEXTS) == tokenizer.encode_all(TEXTS)


def test_mistakes_are_named(tmp_path):
    pytest.importorskip("tokenizers", reason="needs the extra 'text'")
    with pytest.raises(ConfigError, match="at least 257 tokens, not 100"):
        FastTokenizer.trained(TEXTS, size=100)
    (tmp_path / "no.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"no\.json cannot be read"):
        FastTokenizer.loaded(str(tmp_path / "no.json"))
    with pytest.raises(UnknownNameError, match="no tokenizer called 'wrod'"):
        read_tokenizer({"kind": "wrod"})
    with pytest.raises(CheckpointError, match="tokenizer is damaged"):
        read_tokenizer({"kind": "word"})
