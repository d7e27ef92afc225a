import { fitString } from "./conform.ts";
import type { Ask, Found } from "./found.ts";
import { found } from "./found.ts";
import { isOwnName } from "./heads.ts";
import { isOrganisation, isPersonLike } from "./names.ts";
import { hintOf } from "./schema.ts";
import { sentenceAbout } from "./summary.ts";
import type { TextKind } from "./text-kind.ts";
import { textKindOf } from "./text-kind.ts";
import { wordsOf } from "./words.ts";

/** Where a string must be there and nothing speaks for one: a name for a name, a short sentence for a phrase. */
export function guessedString(ask: Ask): Found | null {
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  const guess = kind === "person" || kind === "organisation" ? senderOf(ask, kind) : kind === "place" ? null : shortSentence(ask);
  const fit = guess === null ? null : fitString(ask.schema, guess);
  return fit === null || fit === "" ? null : found(fit, 0.1);
}

function shortSentence(ask: Ask): string | null {
  const near = sentenceAbout(ask.source, [...ask.profile.words, ...wordsOf(hintOf(ask.schema))]);
  if (near !== null && near.score >= 0.2 && near.sentence.text.length <= 120) return near.sentence.text;
  // A name alone on the first line is whose letter it is: better than nothing for a property nothing else is known of.
  const head = ask.source.lines.find((line) => !line.blank)?.text ?? "";
  return isOwnName(head, ask) ? head : null;
}

/** Who wrote: the text's sender, the name it gives, the name below its last line. */
function senderOf(ask: Ask, kind: TextKind): string | null {
  const gives = ask.profile.terms.some((term) => term.kin.includes("giver"));
  const addressed = /^(?:Dear|Hello|Hi) ((?:\p{Lu}[\p{L}.'’-]{0,30} ?){1,4}),/mu.exec(ask.source.text.slice(0, 4_000))?.[1]?.trim();
  if (kind === "person" && !gives && addressed !== undefined) return addressed;
  const field = ask.source.fields.find((one) => /(?:^|\s)(?:from|name|sender|by|author)$/i.test(one.label));
  const named = field === undefined ? "" : (field.value.split(/\s*[<(,]/)[0] ?? "");
  if (named !== "" && !named.includes("@")) return named;
  const last = ask.source.lines.filter((line) => !line.blank).at(-1)?.text ?? "";
  if (isPersonLike(last)) return last;
  const wanted = ask.source.entities.find(
    (one) => one.kind === "name" && (kind === "person" ? isPersonLike(one.text) : isOrganisation(one.text)),
  );
  return wanted?.text ?? null;
}
