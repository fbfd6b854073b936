/** A transaction that nobody waits for any more keeps its documents from nobody. */
import { setTimeout as delay } from 'node:timers/promises';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { Outage } from '../outage.ts';
import { connectMongo } from './connect.ts';
import { inTransaction } from './transaction.ts';

class TestUnavailable extends Outage {}

type Documents = { readonly _id: number; readonly n: number };

const ANSWER_WITHIN_MS = 600;
const HANGS_FOR_MS = 1_500;
/** A signal takes its time on a busy machine. */
const STOPPED_AFTER_MS = 100;
/** Far less than the minute after which the server itself would abort it; a busy machine takes some of it. */
const FREE_WITHIN_MS = 20_000;

for (const step of ['first write', 'second write', 'commit'] as const) {
  testWith('secantusd-py')(`where the server hangs at the ${step} of a transaction, others can write its documents soon after`, async (t) => {
    await using server = await startMongoServer();
    await using slow = await connectMongo({ url: server.url, name: 'slow', answerTimeoutMs: ANSWER_WITHIN_MS });
    await using other = await connectMongo({ url: server.url, name: 'other' });
    const documents = slow.database.collection<Documents>('documents');
    await documents.insertMany([1, 2].map((_id) => ({ _id, n: 0 })));
    const ask = <Answer>(work: () => Promise<Answer>) => slow.answer(TestUnavailable, work);
    const hangAt = async (here: typeof step) => {
      if (here !== step) return;
      server.hang();
      await delay(STOPPED_AFTER_MS);
    };
    const writing = inTransaction(
      { client: slow.client, ask },
      async (session) => {
        await hangAt('first write');
        await ask(() => documents.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
        await hangAt('second write');
        await ask(() => documents.updateOne({ _id: 2 }, { $inc: { n: 1 } }, { session }));
        await hangAt('commit');
      },
      { wasCommitted: async () => false },
    );
    await t.throwsAsync(writing, { instanceOf: TestUnavailable });
    await delay(HANGS_FOR_MS - ANSWER_WITHIN_MS);
    server.resume();

    const resumedAt = performance.now();
    for (const _id of [1, 2]) await untilWritten(() => other.database.collection<Documents>('documents').updateOne({ _id }, { $inc: { n: 100 } }));
    const tookMs = performance.now() - resumedAt;
    t.true(tookMs < FREE_WITHIN_MS, `${tookMs} ms`);
    const found = await other.database.collection<Documents>('documents').find().sort({ _id: 1 }).toArray();
    const whole = step === 'commit' ? [100, 101] : [100];
    t.true(found.every(({ n }) => whole.includes(n)) && new Set(found.map(({ n }) => n)).size === 1, `all of it or nothing: ${JSON.stringify(found)}`);
  });
}

/** An open transaction's documents answer with conflicts until it is gone. */
async function untilWritten(write: () => Promise<unknown>): Promise<void> {
  for (const giveUpAt = performance.now() + FREE_WITHIN_MS * 2; ; await delay(100)) {
    try {
      await write();
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
  }
}
