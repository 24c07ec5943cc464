// From texts to token numbers and back, as multigan/modalities/text/tokenizers has it.

const CLINGS_LEFT = new Set(".,;:!?%)]}…’”"), CLINGS_RIGHT = new Set("([{“‘#$");
const WORD = /[\p{L}\p{N}_]+(?:['’.\-][\p{L}\p{N}_]+)*|[^\p{L}\p{N}_\s]/gu;
const RESERVED = 2;  // the end and the unknown, before the vocabulary

class Words {
  constructor({ words, lowercase, spaced }) {
    Object.assign(this, { words: ["", "�", ...words], lowercase, spaced });
    this.ids = new Map(words.map((word, index) => [word, index + RESERVED]));
  }

  encode(text) {
    const folded = this.lowercase ? text.toLowerCase() : text;
    const pieces = this.spaced ? folded.split(/\s+/).filter(Boolean) : folded.match(WORD) || [];
    return pieces.map((word) => this.ids.get(word) ?? 1);
  }

  decode(ids) {
    const words = ids.map((id) => this.words[id]);
    return this.spaced ? words.join(" ") : setInPrint(words);
  }
}

class Characters {
  constructor({ characters }) {
    this.characters = ["", "�", ...characters];
    this.ids = new Map(characters.map((each, index) => [each, index + RESERVED]));
  }

  encode(text) {
    return [...text].map((each) => this.ids.get(each) ?? 1);
  }

  decode(ids) {
    return ids.map((id) => this.characters[id]).join("");
  }
}

class Bytes {
  encode(text) {
    return [...new TextEncoder().encode(text)].map((byte) => byte + 1);
  }

  decode(ids) {
    return new TextDecoder().decode(Uint8Array.from(ids, (id) => id - 1));
  }
}

class Numbers {
  encode(text) {
    return text.trim().split(/\s+/).filter(Boolean).map(Number);
  }

  decode(ids) {
    return ids.join(" ");
  }
}

// Pieces that were written down for each token, without a way to take a prompt apart.
class Pieces {
  constructor({ pieces }) {
    this.pieces = pieces;
  }

  decode(ids) {
    return ids.map((id) => this.pieces[id]).join("").trim();
  }
}

const TOKENIZERS = { word: Words, char: Characters, byte: Bytes, number: Numbers, pieces: Pieces };

export const tokenizerOf = (described) => new TOKENIZERS[described.kind](described);

function setInPrint(words) {
  let text = "", glued = true, inQuotes = false;
  for (const word of words) {
    const opens = word === '"' && !inQuotes;
    if (!glued && !CLINGS_LEFT.has(word) && !(word === '"' && inQuotes)) text += " ";
    text += word;
    glued = CLINGS_RIGHT.has(word) || opens;
    if (word === '"') inQuotes = opens;
  }
  return text;
}
