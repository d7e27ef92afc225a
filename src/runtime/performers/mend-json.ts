/**
 * What a model meant by its JSON, where that is beyond doubt: without the fence or the sentence around it, without the
 * comma after the last item. Nothing is added, closed or guessed: what was cut off stays broken.
 *
 * @throws {SyntaxError} `JSON.parse`'s own, about the text as it came.
 */
export function parseMended(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const inner = onlyValueIn(text);
    if (inner === null) throw error;
    try {
      return JSON.parse(inner);
    } catch {
      try {
        return JSON.parse(withoutTrailingCommas(inner));
      } catch {
        throw error; // of what came, not of what we made of it
      }
    }
  }
}

/** The one object or list that the text holds; null where there is none, more than one, or one that never ends. */
function onlyValueIn(text: string): string | null {
  const start = text.search(/[{[]/);
  if (start < 0) return null;
  const end = endOfValue(text, start);
  if (end === null || /[{}[\]]/.test(text.slice(end))) return null;
  return text.slice(start, end);
}

/** The place after the bracket that closes the one at `start`. */
function endOfValue(text: string, start: number): number | null {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      const end = endOfString(text, at);
      if (end === null) return null;
      at = end;
    } else if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return null;
}

/** The place of the quote that ends the string begun at `start`. */
function endOfString(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return null;
}

function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/gs, (match) => (match === "," ? "" : match));
}
