/** From the moment at which a message disappears nothing shows its words, before anything has swept. */
import test from 'ava';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/shared/instant.ts';
import type { ChannelId } from '../../../domain/shared/ids.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

const TIME_TO_LIVE_SECONDS = HOUR_MS / SECOND_MS;
const WORD = 'heron';

/** Each shows the words of a message to its reader. */
const surfacesOf = (channel: ChannelId, message: number, reply: number): readonly string[] => [
  `/v1/channels/${channel}/messages`,
  `/v1/channels/${channel}/messages?around=${message}&limit=1`,
  `/v1/channels/${channel}/messages/${message}`,
  `/v1/channels/${channel}/messages/${message}/edits`,
  `/v1/channels/${channel}/messages?after=${reply - 1}&limit=1`, // a reply that stays, and quotes it
  `/v1/channels/${channel}/pins`,
  '/v1/me/chat-mentions',
  '/v1/me/unread',
  '/v1/me/notifications',
  `/v1/messages?q=${WORD}`,
  `/v1/messages?q=${WORD}&channel=${channel}`,
];

const showing = async (api: ReadApiFixture, as: LoggedInPerson, surfaces: readonly string[]): Promise<readonly string[]> => {
  const shown: string[] = [];
  for (const path of surfaces) if (JSON.stringify((await api.requestAfterWrites(as, path)).body).includes(WORD)) shown.push(path);
  return shown;
};

test('no page, search, list or notification shows the words of a message whose time has come, and a reply keeps no quote of it', async (t) => {
  await using api = await givenReadApi();
  const { commands, by, time } = api.work;
  const [ada, bob, eve] = [await api.person('Ada'), await api.person('Bob'), await api.person('Eve')];
  await api.work.device(bob.person);
  const channel = await api.direct(ada, bob);
  await api.expectSuccess(commands.setDisappearing({ person: ada.person, channel, afterSeconds: TIME_TO_LIVE_SECONDS }, by(ada.person)));
  const message = await api.sendMessage(ada, channel, `A ${WORD} in the reeds`, [bob]);
  await api.expectSuccess(commands.editMessage({ person: ada.person, channel, message, text: `A ${WORD} nests in the reeds` }, by(ada.person)));
  await api.expectSuccess(commands.pinMessage({ person: ada.person, channel, message }, by(ada.person)));
  await api.work.advanceUntil(async () => (await showing(api, bob, ['/v1/me/notifications'])).length > 0, { stepMs: MINUTE_MS });
  await api.expectSuccess(commands.setDisappearing({ person: bob.person, channel, afterSeconds: null }, by(bob.person)));
  const quote = { from: 0, to: 7 };
  const reply = await api.expectSuccess(
    commands.postMessage({ channel, sender: ada.person, text: 'See there', clientId: 'reply', replyTo: message, quote }, by(ada.person)),
  );
  const surfaces = surfacesOf(channel, message, reply.outcome === 'refused' ? -1 : reply.revision);
  t.deepEqual(await showing(api, bob, surfaces), surfaces, 'until its time, each shows it');
  const newest = ['/v1/me/inbox', '/v1/sync'];
  const other = await api.direct(ada, eve);
  await api.expectSuccess(commands.setDisappearing({ person: eve.person, channel: other, afterSeconds: TIME_TO_LIVE_SECONDS }, by(eve.person)));
  await api.sendMessage(ada, other, WORD);
  t.deepEqual(await showing(api, eve, newest), newest);

  time.setBy(HOUR_MS); // the sweeps wait for the clock to be even again
  t.deepEqual([await showing(api, bob, surfaces), await showing(api, eve, newest)], [[], []]);
  const { body } = await api.requestAfterWrites(bob, `/v1/channels/${channel}/messages/${message}`);
  t.like(body, { text: null, sender: ada.person, editedAt: body['editedAt' as never] });

  await api.work.advanceUntil(async () => (await api.work.views.find('disappearing', { range: { field: 'dueAt', after: '' }, limit: 1 })).length === 0);
  t.deepEqual([await showing(api, bob, surfaces), await showing(api, eve, newest)], [[], []], 'nor when the views have given them up');
});
