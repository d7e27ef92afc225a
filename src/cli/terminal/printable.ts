// Sequences that a terminal obeys instead of showing. An opening without an end takes the rest of the text with it: what
// a terminal would swallow is not for people.
const STRINGS = /(?:\u001B[\]P_X^]|[\u0090\u0098\u009D\u009E\u009F])[^]*?(?:\u0007|\u001B\\|\u009C|$)/gu; // OSC, DCS, APC, SOS, PM
const CSI = /(?:\u001B\[|\u009B)[\u0030-\u003F]*[\u0020-\u002F]*[\u0040-\u007E]?/gu;
const ESCAPES = /\u001B[\u0020-\u002F]*[\u0030-\u007E]?/gu;

/** Controls but tab and newline; marks that turn the direction of reading; what is invisible, or no character at all. */
const UNSAFE =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|[\u{E0000}-\u{E0FFF}]|\p{Surrogate}/gu;

/**
 * Text from outside (a model, a user's data, an error of somebody else's) made fit for a terminal: it can move no
 * cursor, set no title, reach no clipboard and turn no line around. Every foreign string goes through here.
 *
 * Line ends become `\n`, tabs stay: use {@link printableLine} where there is room for one line only.
 */
export function printable(text: string): string {
  const ends = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  return ends.replace(STRINGS, "").replace(CSI, "").replace(ESCAPES, "").replace(UNSAFE, "");
}

/** {@link printable} on one line: white space of any kind, also several, becomes one space. */
export function printableLine(text: string): string {
  return printable(text).replace(/\s+/gu, " ").trim();
}
