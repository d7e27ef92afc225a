/** One word of a text, and where it stands. */
export interface Token {
  readonly text: string;
  readonly lower: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /(?<![\p{L}\p{N}])\p{L}{1,2}\.(?:\p{L}{1,2}\.){1,4}|[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu;

/** The words of a text in order; punctuation is left out, `don't` stays one word and `U.S.` becomes one. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0];
    tokens.push({
      text: word,
      lower: word.toLowerCase().replace("’", "'").replaceAll(".", ""),
      start: match.index,
      end: match.index + word.length,
    });
  }
  return tokens;
}

const known = new WeakMap<{ readonly text: string }, readonly Token[]>();
/** No sentence is read beyond this, in characters. */
const SENTENCE_LIMIT = 2_000;

/** The words of a sentence, worked out once for all rules that read it. */
export function tokensOf(sentence: { readonly text: string }): readonly Token[] {
  const before = known.get(sentence);
  if (before !== undefined) return before;
  const tokens = tokenize(sentence.text.slice(0, SENTENCE_LIMIT));
  known.set(sentence, tokens);
  return tokens;
}

/** The lower-case words of a text. */
export function wordsOf(text: string): readonly string[] {
  return tokenize(text).map((token) => token.lower);
}

/** The words of an identifier or a label: `orderId`, `order_id` and `Order ID` are all `order`, `id`. */
export function nameWords(name: string): readonly string[] {
  const spaced = name
    .slice(0, 200)
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2");
  return wordsOf(spaced.replaceAll("#", " number "));
}

const STOP = new Set(
  `a about above after again all also although am an and any are as at be because been before being below between both but by
  can could did do does doing done down during each either else even ever every few for from further get gets getting given go had
  has have having he her here hers him his how however i if in into is it its itself just let like many may me might more most
  much must my near neither no nor not of off on once one only onto or other others our ours out over own per please quite rather
  same shall she should since so some such than that the their theirs them then there these they this those through thus to too
  toward under until up upon us very via was we were what when where whether which while who whom whose why will with within
  without would yes yet you your yours i'm i've i'd i'll it's that's there's we're we've we'd we'll you're you've they're
  don't doesn't didn't isn't aren't wasn't weren't won't can't couldn't wouldn't shouldn't haven't hasn't hadn't let's
  anything everything something someone somebody anyone anybody thing things way ways`.split(/\s+/),
);

/** Words that say nothing about the matter of a text: articles, pronouns, auxiliaries, prepositions. */
export function isStopWord(word: string): boolean {
  return word.length < 2 ? !/\d/.test(word) : STOP.has(word);
}

/** The words that carry meaning. */
export function contentWords(words: readonly string[]): readonly string[] {
  return words.filter((word) => !isStopWord(word));
}
