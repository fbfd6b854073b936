/** The log decides what a person may see where views are late: here the views of members, channels and blocks stand still. */
import test from 'ava';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { givenReadApi } from './test-fixture.ts';

/** Views whose memberships and blocks stop where they are told to. */
function lateViews() {
  const kept = new Map<string, Promise<unknown>>();
  let isLate = false;
  const late = ['inbox', 'channels', 'relationships'];
  const keep = <Found>(collection: string, query: unknown, read: () => Promise<Found>): Promise<Found> => {
    if (!late.includes(collection)) return read();
    const key = JSON.stringify([collection, query]);
    const before = kept.get(key) as Promise<Found> | undefined;
    if (isLate && before !== undefined) return before;
    const found = read();
    kept.set(key, found);
    return found;
  };
  const over = (views: TidingsViews): TidingsViews => ({
    ...views,
    get: (collection, id) => keep(collection, ['get', id], () => views.get(collection, id)),
    getMany: (collection, ids) => keep(collection, ['getMany', ids], () => views.getMany(collection, ids)),
    find: (collection, query) => keep(collection, query, () => views.find(collection, query)),
  });
  return { over, stopHere: () => void (isLate = true) };
}

for (const way of ['removed', 'left'] as const) {
  test(`a member who has ${way} reads nothing that was said afterwards, though the views still call them a member`, async (t) => {
    const views = lateViews();
    await using api = await givenReadApi({}, views.over);
    const { commands, by } = api.work;
    const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
    const channel = await api.group(ada, bob);
    await api.sendMessage(ada, channel, 'before');
    const paths = [`/v1/channels/${channel}/messages`, `/v1/channels/${channel}`, '/v1/me/inbox'];
    const seen = () => Promise.all(paths.map(async (path) => JSON.stringify((await api.requestAfterWrites(bob, path)).body)));
    t.true((await seen()).every((body) => body.includes(channel) || body.includes('before')));
    views.stopHere();
    if (way === 'left') await api.expectSuccess(commands.leaveChannel({ person: bob.person, channel }, by(bob.person)));
    else await api.expectSuccess(commands.removeMember({ person: ada.person, channel, member: bob.person }, by(ada.person)));
    await api.sendMessage(ada, channel, 'afterwards');
    for (const body of await seen()) {
      t.false(body.includes('afterwards') || body.includes(channel), body);
    }
  });
}

test('a person who has refused a message request reads nothing of it any more', async (t) => {
  const views = lateViews();
  await using api = await givenReadApi({}, views.over);
  const { commands, by } = api.work;
  const [ada, eve] = [await api.person('Ada'), await api.person('Eve')];
  const { id: channel } = await api.expectSuccess(commands.openDirectChannel({ person: eve.person, other: ada.person }, by(eve.person)));
  await api.sendMessage(eve, channel, 'hello');
  const path = `/v1/channels/${channel}/messages`;
  t.is((await api.requestAfterWrites(ada, path)).body.messages.length, 1);
  views.stopHere();
  await api.expectSuccess(commands.refuseMessageRequest({ person: ada.person, channel }, by(ada.person)));
  t.is((await api.requestAfterWrites(ada, path)).body.code, 'channel-unknown');
  t.is((await api.requestAfterWrites(eve, path)).body.messages.length, 1, 'the sender sees no difference');
});
