/** Erasing somebody with more friends, requests and groups than one page of the view has. */
import test from 'ava';
import { contextWith } from '../../commands/handling/command-context.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { START } from '../test-fixture.ts';
import { finishErasing } from './finish-erasing.ts';

const ROWS = 250;
const person = 'ann' as PersonId;
const FIELD = { friends: 'friend', 'friend-requests': 'request', inbox: 'channel' } as const;

test('every friend, request and group is left, however many pages there are, and each once', async (t) => {
  const asked: string[] = [];
  const done: string[] = [];
  const views = {
    find: async (collection: keyof typeof FIELD, { where, range, limit }: { where: object; range: { after: string }; limit: number }) => {
      asked.push([collection, ...Object.keys(where)].join(' '));
      const ids = Array.from({ length: ROWS }, (_, i) => `${i}`.padStart(4, '0')).filter((id) => id > range.after);
      return ids.slice(0, limit).map((_id) => ({ _id, [FIELD[collection]]: _id }));
    },
  };
  const appended = { outcome: 'appended' } as const;
  const count = (what: string) => (given: Readonly<Record<string, string>>) => {
    done.push(`${what} ${given['other'] ?? given['request'] ?? given['channel'] ?? ''}`);
    return Promise.resolve(appended);
  };
  const commands = {
    finishErasing: count('finish'),
    removeFriend: count('remove'),
    withdrawFriend: count('withdraw'),
    refuseFriend: count('refuse'),
    leaveChannel: count('leave'),
  };
  const { react } = finishErasing({ views, commands, contextFor: contextWith, clock: () => START } as unknown as Parameters<typeof finishErasing>[0]);
  await react({ key: person, id: 'e1', metadata: { $correlationId: 'c1', at: START }, data: {} } as unknown as Parameters<typeof react>[0]);
  t.is(new Set(done).size, done.length);
  for (const what of ['remove', 'withdraw', 'refuse', 'leave']) t.is(done.filter((one) => one.startsWith(what)).length, ROWS, what);
  t.deepEqual([...new Set(asked)], ['friends person', 'friend-requests from', 'friend-requests to', 'inbox person member']);
});
