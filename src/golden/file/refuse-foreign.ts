import type * as Yaml from "yaml";
import type { Piece } from "./cut.ts";
import type { Sheet } from "./spot.ts";

/** So much of a file is taken apart at once, in characters: one operation, or what stands around the lists. */
export const LARGEST_PIECE = 1024 * 1024;

/** Nothing in a golden lies deeper: a value that does is a payload. */
export const DEEPEST = 100;

/** What is said of a place that lies too deep. */
export const TOO_DEEP = `It is nested more than ${DEEPEST} levels deep.`;

/** What an odd lexeme is told, by its first character. */
const FOREIGN: Readonly<Record<string, string>> = {
  "&": "A golden has no anchors: write the value out, or put a text that begins with & into quotation marks.",
  "*": "A golden has no aliases: write the value out, or put a text that begins with * into quotation marks.",
  "!": "A golden has no tags: put a text that begins with ! into quotation marks.",
  "?": "A golden has no keys of several lines: put a text that begins with ? into quotation marks.",
  "%": "A golden has no directives: put a text that begins with % into quotation marks.",
  ".": "A golden is one document: take this line out.",
};

/** What the lexer puts before a plain text, and its other marks, which are no part of the file. */
const SCALAR = "\x1f";
const MARKS: ReadonlySet<string> = new Set([SCALAR, "\x02", "\x18"]);

/** Where the way through a piece is: after a value, where one must come (or an end), or where one may. */
type Place = "after" | "before" | "free";

/**
 * Refuses what no golden has before anything is made of it: anchors, aliases and tags, several documents, great depth, and
 * commas or values in a row. Each of these is a fault to the library too, but one that it goes on after: a megabyte of
 * them takes it half a minute and a gigabyte.
 *
 * @throws {FlujoError} `golden_unreadable`
 */
export function refuseForeign(sheet: Sheet, piece: Piece, lexer: Yaml.Lexer): void {
  if (piece.text.length > LARGEST_PIECE)
    throw sheet.fault(piece.offset, `What begins here has ${piece.text.length} characters, of at most ${LARGEST_PIECE}.`);
  const way: Way = { place: "free", braces: 0, dashes: 0 };
  let at = piece.offset;
  let isScalar = false;
  for (const lexeme of lexer.lex(piece.text)) {
    if (MARKS.has(lexeme)) {
      isScalar = lexeme === SCALAR;
      continue;
    }
    if (!isScalar && /^(?:"|'|["'].*[^"'])$/s.test(lexeme)) throw sheet.fault(at, "This quotation mark has no end.");
    const fault = isScalar ? faultOf("a", way) : lexeme === "---" ? FOREIGN["."] : faultOf(lexeme.charAt(0), way);
    if (fault !== undefined) throw sheet.fault(at, fault);
    if (isScalar && lexeme.endsWith("\n")) way.place = "free"; // the lines of a block, which are over
    isScalar = false;
    at += lexeme.length;
  }
}

interface Way {
  place: Place;
  braces: number;
  dashes: number;
}

/** Goes on by a lexeme, named by its first character (`a` for a text without quotation marks). */
function faultOf(what: string, way: Way): string | undefined {
  if (what === " " || what === "\t" || what === "#") return undefined;
  way.dashes = what === "-" ? way.dashes + 1 : 0;
  switch (what) {
    case "a":
    case '"':
    case "'":
    case "[":
    case "{":
      if (way.place === "after") return "Two values stand here with nothing between them.";
      way.place = what === "[" || what === "{" ? "before" : "after";
      if (way.place === "before") way.braces++;
      break;
    case "]":
    case "}":
      way.braces--;
      way.place = "after";
      break;
    case ",":
      if (way.place === "before") return "This comma has no value before it.";
      way.place = "before";
      break;
    case "\n":
    case "\r":
      if (way.braces <= 0) way.place = "free";
      break;
    default:
      if (Object.hasOwn(FOREIGN, what)) return FOREIGN[what];
      way.place = "free";
  }
  return way.braces > DEEPEST || way.dashes > DEEPEST ? TOO_DEEP : undefined;
}
