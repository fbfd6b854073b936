/** A transaction as the driver's manual wants it: begun anew after a conflict, and looked up where the answer to its commit was lost. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoError, type ClientSession, type MongoClient } from 'mongodb';
import { Outage } from '../outage.ts';
import { forgetSession } from './forget-session.ts';

/** Answers in time, or as the port's outage: `MongoConnection.answer` for one port. */
export type Ask = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

const TRIES_MAX = 12;
const BACK_OFF_MS = 4;
const BACK_OFF_MAX_MS = 250;

/**
 * `work` may run several times. A conflict that doesn't end is thrown as the driver throws it; any other error of `work` aborts the
 * transaction and is thrown. `wasCommitted` is asked where nobody knows: an outage is thrown unless it says yes.
 */
export async function inTransaction<Result>(
  { client, ask }: { readonly client: MongoClient; readonly ask: Ask },
  work: (session: ClientSession) => Promise<Result>,
  { wasCommitted }: { readonly wasCommitted: () => Promise<boolean> },
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryOnce({ client, ask }, work, wasCommitted);
    } catch (error) {
      if (tries >= TRIES_MAX || !isTransient(error)) throw error;
    }
    await delay(randomInt(1, Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** tries) + 1));
  }
}

async function tryOnce<Result>(
  { client, ask }: { readonly client: MongoClient; readonly ask: Ask },
  work: (session: ClientSession) => Promise<Result>,
  wasCommitted: () => Promise<boolean>,
): Promise<Result> {
  const session = client.startSession();
  let isGone = false;
  try {
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true }, readPreference: 'primary' });
    const result = await work(session);
    try {
      await ask(() => session.commitTransaction());
    } catch (error) {
      if (!(error instanceof Outage) || !(await wasCommitted())) throw error;
    }
    return result;
  } catch (error) {
    isGone = error instanceof Outage;
    throw error;
  } finally {
    const ending = session.endSession().catch(() => undefined); // aborts what is under way
    if (isGone) void ending.then(() => forgetSession(client, session));
    else await ending;
  }
}

/** The server has aborted it, and says that it may be tried again. An outage has waited long enough already. */
const isTransient = (error: unknown): boolean => error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
