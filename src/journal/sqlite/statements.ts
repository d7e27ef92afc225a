import type { SqlDatabase, SqlStatement } from "./driver.ts";

/** 2^27: how far apart the ids of two runs' entries lie. */
export const SEQ_SPAN = 134_217_728;

/** 2^26: run numbers stay below it, so that every id is an integer that JavaScript is exact about. */
export const RUN_NO_END = 67_108_864;

const RUN_COLUMNS = `SELECT run.*, (SELECT at_ms FROM entry WHERE id >= run_no * ${SEQ_SPAN} AND id < (run_no + 1) * ${SEQ_SPAN} ORDER BY id DESC LIMIT 1) AS last_ms`;
const RUN = `${RUN_COLUMNS} FROM run`;
const ENTRY = "SELECT id, at_ms AS atMs, type, key, body FROM entry";

/** Every statement of the store, prepared once. Parameters in the order they stand in. */
export interface Statements {
  readonly begin: SqlStatement;
  readonly commit: SqlStatement;
  readonly rollback: SqlStatement;
  /** (id, atMs, type, fromSeq, key, body, runNo, epoch): one statement is fence and insert, so that a plain step needs no transaction around it. */
  readonly insertEntry: SqlStatement;
  readonly insertPlan: SqlStatement;
  readonly insertRun: SqlStatement;
  /** (owner, atMs, runNo, epoch, owner before or null): takes over, if nobody else has meanwhile. */
  readonly claim: SqlStatement;
  /** (status, pauses, wakeAtMs, lastLetter or null, usage, cost, atMs, runNo, epoch) */
  readonly rest: SqlStatement;
  readonly runById: SqlStatement;
  /** (from, below, status or null, limit), newest first. */
  readonly runs: SqlStatement;
  /** (parent, from, below, status or null, limit), newest first. */
  readonly childRuns: SqlStatement;
  /** (atMs, parent or null, from, below, status or null, limit): of those that are paused, those that are due; newest first. */
  readonly readyRuns: SqlStatement;
  readonly planOf: SqlStatement;
  /** (first id, id after the last, limit) */
  readonly entries: SqlStatement;
  readonly entryAt: SqlStatement;
  /** (first id, id after the last): what each entry is about, without what it says. */
  readonly places: SqlStatement;
  readonly dones: SqlStatement;
}

/** @throws The driver's error when the tables are not what they should be. */
export function prepareStatements(db: SqlDatabase): Statements {
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    rollback: db.prepare("ROLLBACK"),
    insertEntry: db.prepare("INSERT INTO entry SELECT ?, ?, ?, ?, ?, ? FROM run WHERE run_no = ? AND epoch = ? AND owner IS NOT NULL"),
    insertPlan: db.prepare("INSERT OR IGNORE INTO plan VALUES (?, ?)"),
    insertRun: db.prepare(
      "INSERT INTO run (run_id, pipeline, version, plan_hash, source, lineage, owner, pauses, usage, cost, created_ms, updated_ms, status, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 1) ON CONFLICT (run_id) DO NOTHING",
    ),
    claim: db.prepare(
      "UPDATE run SET owner = ?, updated_ms = ?, status = 'running', epoch = epoch + 1 WHERE run_no = ? AND epoch = ? AND owner IS ?",
    ),
    rest: db.prepare(
      "UPDATE run SET owner = NULL, status = ?, pauses = ?, wake_ms = ?, last_letter = ifnull(?, last_letter), usage = ?, cost = ?, updated_ms = ? WHERE run_no = ? AND epoch = ? AND owner IS NOT NULL",
    ),
    runById: db.prepare(`${RUN} WHERE run_id = ?`),
    runs: db.prepare(`${RUN} WHERE run_id >= ? AND run_id < ? AND status = ifnull(?, status) ORDER BY run_no DESC LIMIT ?`),
    childRuns: db.prepare(
      `${RUN} WHERE parent = ? AND run_id >= ? AND run_id < ? AND status = ifnull(?, status) ORDER BY run_no DESC LIMIT ?`,
    ),
    // First which runs, out of the index, then their rows: many can be due at once, and few are asked for.
    readyRuns: db.prepare(
      `${RUN_COLUMNS} FROM (SELECT run_no AS due_no FROM run INDEXED BY run_due WHERE status = 'paused' AND due_ms <= ? AND ifnull(parent, '') = ifnull(?, ifnull(parent, '')) AND run_id >= ? AND run_id < ? AND status = ifnull(?, status) ORDER BY run_no DESC LIMIT ?) CROSS JOIN run ON run_no = due_no ORDER BY run_no DESC`,
    ),
    planOf: db.prepare("SELECT body FROM plan JOIN run ON plan.hash = run.plan_hash WHERE run_id = ?"),
    entries: db.prepare(`${ENTRY} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`),
    entryAt: db.prepare(`${ENTRY} WHERE id = ?`),
    places: db.prepare("SELECT id, type, key FROM entry WHERE id >= ? AND id < ? ORDER BY id"),
    dones: db.prepare(
      "SELECT id, key, from_seq AS fromSeq FROM entry INDEXED BY entry_done WHERE from_seq IS NOT NULL AND id >= ? AND id < ?",
    ),
  };
}
