import { FlujoError } from "../../base/errors.ts";
import { FREE } from "../../model/cost.ts";
import type { Plan } from "../../model/node.ts";
import type { NewRun } from "../../model/run-record.ts";
import { NO_USAGE } from "../../model/usage.ts";
import { encode } from "../../serialize/codec.ts";
import type { ClaimRequest, CommitRequest, JournalRow, RunLease } from "../port.ts";
import { leaseLost, refusalOfClaim, runExists, runNotFound, runOwned, seqTaken } from "../refusals.ts";
import type { SqlDatabase } from "./driver.ts";
import type { EntryRow } from "./entry-row.ts";
import { codeOf } from "./faults.ts";
import type { Payloads } from "./payloads.ts";
import { newRunValues, ownerOf, ownerText, type RunRow, restValues } from "./run-row.ts";
import { RUN_NO_END, SEQ_SPAN, type Statements } from "./statements.ts";
import type { Transactions } from "./write-queue.ts";

/** How often a claim is tried again when owners come and go between its read and its write. */
const CLAIM_ROUNDS = 8;

/** The statements of each write, in their order. Synchronous; who calls it says in which transaction. */
export class RunWriter implements Transactions {
  readonly #db: SqlDatabase;
  readonly #sql: Statements;
  readonly #payloads: Payloads;
  /** Plans known to be in the file: a plan can be large, and a server runs the same one over and over. */
  readonly #storedPlans = new Set<string>();

  constructor(db: SqlDatabase, { sql, payloads }: { readonly sql: Statements; readonly payloads: Payloads }) {
    this.#db = db;
    this.#sql = sql;
    this.#payloads = payloads;
  }

  begin(): void {
    this.#sql.begin.run();
  }

  commit(): void {
    this.#sql.commit.run();
  }

  rollback(): void {
    if (this.#db.inTransaction) this.#sql.rollback.run(); // SQLite has already done it where the disk was full
  }

  isRefusal(error: unknown): boolean {
    return FlujoError.is(error, "lease_lost") || FlujoError.is(error, "run_exists");
  }

  /** All of it or nothing. */
  inTransaction<T>(work: () => T): T {
    this.begin();
    try {
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Inserts the run, its plan and its first rows, and gives its number. */
  create(run: NewRun, rows: readonly JournalRow[]): number {
    const { changes, lastInsertRowid } = this.#sql.insertRun.run(...newRunValues(run, { usage: NO_USAGE, cost: FREE }));
    if (changes === 0) throw runExists(run.runId); // before anything was written
    const runNo = Number(lastInsertRowid);
    if (runNo >= RUN_NO_END)
      throw new FlujoError("value_unstorable", "This state file is full: it holds as many runs as it can.", {
        remedy: "Name another with --state.",
      });
    if (!this.#storedPlans.has(run.plan.hash)) this.#sql.insertPlan.run(run.plan.hash, encode(run.plan, run.plan.name));
    this.append(runNo, { lease: { runId: run.runId, epoch: 1 }, rows });
    return runNo;
  }

  /** To be told after the commit: until then, the plan may be taken back. */
  planIsStored(plan: Plan): void {
    this.#storedPlans.add(plan.hash);
  }

  /** Whether it takes one statement, which needs no transaction around it. */
  isOneStatement({ rows, rest }: CommitRequest): boolean {
    if (rest !== undefined) return rows.length === 0 && rest.pauses.length === 0; // what pauses show may hold files
    return rows.length === 1 && (rows[0] as EntryRow).payloads === null;
  }

  /** The rows, then the rest. The first statement is also the fence, so bytes of files come after it. */
  append(runNo: number, { lease, rows, rest }: CommitRequest): void {
    for (const row of rows) {
      const made = row as EntryRow; // the one cast: `record` made it
      this.#insert(runNo, lease, made);
      if (made.payloads !== null) this.#payloads.put(runNo, made.payloads);
    }
    if (rest === undefined) return;
    const { values, payloads } = restValues(lease.runId, rest);
    const { changes } = this.#sql.rest.run(...values, runNo, lease.epoch);
    if (changes === 0) throw leaseLost(lease);
    this.#payloads.put(runNo, payloads);
  }

  #insert(runNo: number, lease: RunLease, row: EntryRow): void {
    if (row.seq >= SEQ_SPAN)
      throw new FlujoError("value_unstorable", `Run ${lease.runId} has as many entries as a run can have.`, {
        remedy: "Split the work into several runs.",
      });
    try {
      const { changes } = this.#sql.insertEntry.run(
        runNo * SEQ_SPAN + row.seq,
        row.atMs,
        row.type,
        row.fromSeq,
        row.key,
        row.body,
        runNo,
        lease.epoch,
      );
      if (changes === 0) throw leaseLost(lease);
    } catch (error) {
      if (codeOf(error).startsWith("SQLITE_CONSTRAINT")) throw seqTaken(lease.runId, row.seq);
      throw error;
    }
  }

  /**
   * Asks about the present owner, then takes over if that is still the owner: compared and set in one statement. Who
   * loses that race looks again, and finds the winner.
   */
  claim(request: ClaimRequest): { readonly runNo: number; readonly lease: RunLease } {
    const { runId, owner, atMs } = request;
    let row = this.#rowOf(runId);
    for (let round = 0; round < CLAIM_ROUNDS; round++) {
      const refusal = refusalOfClaim({ status: row.status, owner: ownerOf(row) }, request);
      if (refusal !== null) throw refusal;
      const { changes } = this.#sql.claim.run(ownerText(owner), atMs, row.run_no, row.epoch, row.owner);
      if (changes === 1) return { runNo: row.run_no, lease: { runId, epoch: row.epoch + 1 } };
      row = this.#rowOf(runId);
    }
    throw runOwned(runId, ownerOf(row) ?? owner);
  }

  #rowOf(runId: string): RunRow {
    const row = this.#sql.runById.get(runId) as RunRow | undefined;
    if (row === undefined) throw runNotFound(runId);
    return row;
  }
}
