import test from 'ava';
import fc from 'fast-check';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { createSharedCalls } from './shared-calls.ts';

test('who asks while a read is under way gets the next one, together with all who ask meanwhile', async (t) => {
  const share = createSharedCalls();
  const reads: PromiseWithResolvers<number>[] = [];
  const read = () => {
    const resolvers = Promise.withResolvers<number>();
    reads.push(resolvers);
    return resolvers.promise;
  };
  const first = [share('a', read), share('a', read)];
  await turn();
  t.is(reads.length, 1, 'those of one turn share one read');
  const later = [share('a', read), share('a', read)];
  await turn();
  t.is(reads.length, 1, 'the next one waits until the first has ended');
  reads[0]?.resolve(1);
  t.deepEqual(await Promise.all(first), [1, 1]);
  await turn();
  reads[1]?.resolve(2);
  t.deepEqual(await Promise.all(later), [2, 2]);
  t.is(reads.length, 2);
});

test('a read that fails fails for those who shared it, and not for those who ask later', async (t) => {
  const share = createSharedCalls();
  const away = () => Promise.reject(new Error('away'));
  const [one, other] = [share('a', away), share('a', away)];
  await t.throwsAsync(one, { message: 'away' });
  await t.throwsAsync(other, { message: 'away' });
  t.is(await share('a', async () => 'back'), 'back');
});

test('who waits for a call that ends in an outage waits for no other one', async (t) => {
  const share = createSharedCalls();
  const hanging = Promise.withResolvers<string>();
  const first = share('a', () => hanging.promise);
  await turn();
  const second = share('a', async () => t.fail() as unknown as string);
  hanging.reject(new LogUnavailable('away'));
  await t.throwsAsync(first, { instanceOf: LogUnavailable });
  await t.throwsAsync(second, { instanceOf: LogUnavailable });
  t.is(await share('a', async () => 'back'), 'back');
});

test('nobody gets what was read before they asked', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ what: fc.constantFrom('a', 'b'), turns: fc.nat(3), lasts: fc.nat(3) }), { maxLength: 30 }), async (calls) => {
      const share = createSharedCalls();
      let now = 0;
      const asked = [];
      for (const { what, turns, lasts } of calls) {
        for (let passed = 0; passed < turns; passed++) await turn();
        const askedAt = ++now;
        const read = async () => {
          const beganAt = ++now;
          for (let passed = 0; passed < lasts; passed++) await turn();
          return beganAt;
        };
        asked.push(share(what, read).then((beganAt) => ({ askedAt, beganAt })));
      }
      t.true((await Promise.all(asked)).every(({ askedAt, beganAt }) => beganAt > askedAt));
    }),
    { numRuns: 50 },
  );
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
