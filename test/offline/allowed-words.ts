// General English that the rules may know though the demo's tickets use it too. A word for what a trade deals in has no
// place here; when the test complains, change the rule, not the list.

/** What programs, and comments about them, are written with. */
const PROGRAM =
  "answer app becomes call characters class closes don due end enough error export find form found hold isn issue kind label last left letter list make makes message name new next old open order place present rd right search second see sent still take tell time times turns two ve version whole work address away";

/** Time, and when things happen. */
const TIME =
  "afternoon ago date day early evening friday hour monday month months morning november now pm quick soon sometime till today tomorrow thursday week weeks whenever year yesterday";

/** Trouble, loss, pressure, and what takes pressure off. */
const TONE =
  "afraid annoying arrive broken cannot dramatic gone great happen happens helps hurry instead little locked lose lovely missing need nice nobody none nothing odd otherwise repair replace restore rush stands simply vanish wrong";

/** Courtesy, and people in their relations. */
const COURTESY = "ask cheers client company contact dear hello hey hi manager people recommend regards thank thanks want wishes wonder ltd";

/** What most texts may speak of: places, money, how much, irregular verbs. */
const WORLD =
  "back bank best changed checked country current fine four give going good goes got job mail meant money paid school sell send site sleep street sure tax teach ten three won writing wrote";

/** All of them. */
export const ALLOWED: ReadonlySet<string> = new Set([PROGRAM, TIME, TONE, COURTESY, WORLD].flatMap((words) => words.split(" ")));
