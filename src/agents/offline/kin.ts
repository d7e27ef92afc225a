import { root, stem } from "./stems.ts";

// General words that name the same relation. They say how a value relates to its text (who, when, where, how many), never
// what the text is about; a word that belongs to one trade has no place here.
const GROUPS: Readonly<Record<string, string>> = {
  giver: "from by send give donate author write issue sell vend supply provide host organize organise",
  receiver: "to recipient receive buy addressee client attention attn dear",
  person: "who person name contact people responsible",
  member: "attendee attend participant participate present member guest people joined join",
  owner: "owner own assignee assign responsible who",
  leader: "leader lead chair head manager manage run",
  group: "company organisation organization firm business employer institution agency",
  date: "date day when dated",
  start: "start begin from since first open commence",
  end: "end until till finish close through expire expiry last",
  due: "due deadline by before until within",
  made: "issue issued created create written sent",
  current: "current currently now present today latest recent",
  next: "next following upcoming again",
  birth: "birth born birthday dob",
  past: "previous previously former last prior earlier",
  place: "where place location located city town venue based site in at near",
  address: "address street",
  phone: "phone telephone tel mobile cell call fax",
  mail: "email mail",
  web: "url uri link website homepage web site",
  code: "id number no nr num code reference ref identifier key",
  count: "count quantity qty number many pieces pcs units unit x",
  total: "total sum amount overall altogether grand",
  part: "subtotal net without excluding excl",
  each: "unit each per single apiece",
  price: "price cost rate worth fee value amount pay",
  task: "task action todo do item step",
  decide: "decision decide agree agreed resolved resolution conclude",
  title: "title subject headline heading topic re about",
  length: "duration length long lasts last",
  minimum: "minimum min least lowest from",
  maximum: "maximum max most highest up",
  role: "role position job title occupation function",
  learn: "learn study education degree graduate",
  ability: "skill skilled ability able competence competent expert expertise know proficient",
  language: "language speak fluent native tongue",
  aim: "aim goal objective purpose",
};

const byStem = new Map<string, string[]>();
for (const [group, words] of Object.entries(GROUPS)) {
  for (const word of words.split(" ")) {
    for (const key of new Set([stem(word), root(word)])) byStem.set(key, [...(byStem.get(key) ?? []), group]);
  }
}

const NO_GROUP: readonly string[] = [];

/** The general relations that a word can name. */
export function kinOf(word: string): readonly string[] {
  return byStem.get(stem(word)) ?? byStem.get(root(word)) ?? NO_GROUP;
}

/** Does the word name this relation? */
export function isKin(word: string, group: string): boolean {
  return kinOf(word).includes(group);
}
