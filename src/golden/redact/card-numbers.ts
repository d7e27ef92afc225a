import type { Range } from "./range.ts";

/** 13 to 19 digits with single spaces or dashes between them, which are no part of a longer number or of an id. */
const CANDIDATE = /(?<![\w.-])(?<!\d )\d(?:[ -]?\d){12,18}(?!\w|[.-]\d| \d)/g;

/** The numbers of payment cards in a text: those with a beginning and a length that cards have, and the right check digit. */
export function findCardNumbers(text: string): readonly Range[] {
  const found: Range[] = [];
  for (const candidate of text.matchAll(CANDIDATE)) {
    if (!isCardNumber(candidate[0])) continue;
    found.push({ from: candidate.index, to: candidate.index + candidate[0].length });
  }
  return found;
}

/** Whether a text is the number of a card, in digits with or without spaces and dashes. */
export function isCardNumber(text: string): boolean {
  const digits = digitsOf(text);
  return /^[\d -]{13,37}$/.test(text) && hasCardLength(digits) && checkDigit(digits.slice(0, -1)) === digits.slice(-1);
}

/** Visa, Mastercard, American Express, Diners Club, JCB, and what begins with a 6. */
function hasCardLength(digits: string): boolean {
  const { length } = digits;
  if (/^3[47]/.test(digits)) return length === 15;
  if (/^3[0689]/.test(digits)) return length === 14;
  if (/^(?:5[1-5]|2[2-7]|35)/.test(digits)) return length === 16;
  if (digits.startsWith("4")) return length === 13 || length === 16 || length === 19;
  return digits.startsWith("6") && length >= 16 && length <= 19;
}

export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}

/** By Luhn: of the digits before it. */
function checkDigit(digits: string): string {
  let sum = 0;
  for (let at = digits.length - 1, isDoubled = true; at >= 0; at--, isDoubled = !isDoubled) {
    const digit = Number(digits.charAt(at)) * (isDoubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return String((10 - (sum % 10)) % 10);
}

/** The first two digits, which say what card it is; then five noughts, which no real card has. */
const STAND_IN = /^\d\d00000(\d+)\d$/;

/** The number of the stand-in that a card number is; null for all others. */
export function numberOfStandIn(text: string): number | null {
  const digits = STAND_IN.exec(digitsOf(text))?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A card number that is none, in the digits and the grouping of a real one. */
export function cardStandIn(text: string, number: number): string {
  const digits = digitsOf(text);
  const body = `${digits.slice(0, 2)}${String(number).padStart(digits.length - 3, "0")}`.slice(0, digits.length - 1);
  const standIn = body + checkDigit(body);
  let at = 0;
  return text.replaceAll(/\d/g, () => standIn.charAt(at++));
}
