/**
 * What becomes of a transaction whose server has not answered in time. The server may hold it open, and may even begin it later, when it
 * reads what was sent before nobody waited any more. Either way it would keep the documents from everybody until its own limit for
 * transactions, a minute. So it is told to forget the session, and again some times after it has answered first: it serves its
 * connections in no order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSession, MongoClient } from 'mongodb';
import { isOutage } from './outages.ts';

const ASK_AGAIN_MS = 500;
/** After the first answer. */
const TOLD_AGAIN_AFTER_MS = [250, 1_000, 4_000];
/** The server's own limit: it has aborted the transaction by then. */
const GIVEN_UP_AFTER_MS = 60_000;

/** Never rejects: what the server refuses to forget ends at its limit. */
export async function forgetSession(client: Pick<MongoClient, 'db'>, { id }: Pick<ClientSession, 'id'>): Promise<void> {
  const giveUpMs = performance.now() + GIVEN_UP_AFTER_MS;
  for (const nextMs of [...TOLD_AGAIN_AFTER_MS, undefined]) {
    if (!(await isTold(client, id, giveUpMs)) || nextMs === undefined) return;
    await delay(nextMs, undefined, { ref: false });
  }
}

async function isTold(client: Pick<MongoClient, 'db'>, id: ClientSession['id'], giveUpMs: number): Promise<boolean> {
  while (performance.now() < giveUpMs) {
    try {
      await client.db('admin').command({ killSessions: [id] });
      return true;
    } catch (error) {
      if (!isOutage(error)) return false;
    }
    await delay(ASK_AGAIN_MS, undefined, { ref: false });
  }
  return false;
}
