import { randomUUID } from 'node:crypto';
import test from 'ava';
import { eventsIn } from '../../commands/test-fixture.ts';
import { choiceOf, preferences } from '../../domain/people/preferences.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { deliveryStream, preferencesStream } from '../../domain/shared/streams.ts';
import { givenReceipts, type ReceiptsFixture } from './test-fixture.ts';

test('a person’s own device says what arrived and what was opened, once', async (t) => {
  await using given = await givenReceipts();
  const { api } = given;
  const ann = await api.person();
  const delivery = await given.attempted(ann.person);
  const beacon = (what: string) => `/v1/me/deliveries/${delivery}/${what}`;
  t.is((await api.request(ann, 'POST', beacon('received'))).status, 201);
  t.is((await given.load(delivery)).status, 'delivered');
  t.is((await api.request(ann, 'POST', beacon('received'))).status, 200);
  t.is((await api.request(ann, 'POST', beacon('opened'))).status, 201);
  t.is((await api.request(ann, 'POST', beacon('opened'))).status, 200);
  const types = (await eventsIn(api.commands, deliveryStream(delivery))).map(({ type }) => type.slice('notifications.'.length));
  t.deepEqual(types.slice(-3), ['attempt-accepted.v1', 'delivery-confirmed.v1', 'engagement-seen.v1']);

  const unseen = await given.attempted(ann.person);
  t.is((await api.request(ann, 'POST', `/v1/me/deliveries/${unseen}/opened`)).status, 201);
  t.is((await given.load(unseen)).status, 'delivered', 'what was opened has arrived');
});

test('nobody speaks for another person’s device', async (t) => {
  await using given = await givenReceipts();
  const [ann, eve] = [await given.api.person(), await given.api.person()];
  const delivery = await given.attempted(ann.person);
  for (const id of [delivery, randomUUID()]) {
    const refused = await given.api.request(eve, 'POST', `/v1/me/deliveries/${id}/received`);
    t.deepEqual([refused.status, refused.body.code], [404, 'delivery-unknown']);
  }
  t.is((await given.load(delivery)).status, 'attempting');
});

const choice = async ({ api }: ReceiptsFixture, person: PersonId) => {
  const { state } = await api.commands.process().loadState(preferences, preferencesStream(person));
  return choiceOf(state, { category: 'Nyheter – ö', channel: 'email' });
};

test('a link to unsubscribe shows a page and changes nothing, and a post to it ends the category, twice as once', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const token = given.api.commands.process().commands.unsubscribeTokenOf({ person, channel: 'email', category: 'Nyheter – ö' });
  t.regex(token, /^[\w-]+$/);
  const url = `${given.api.url}/v1/unsubscribe/${token}`;
  const shown = await fetch(url);
  t.is(shown.status, 200);
  t.regex(await shown.text(), /<form method="post"><button>/);
  t.is((await fetch(url, { method: 'HEAD' })).status, 200);
  t.is(await choice(given, person), undefined);
  const post = () => fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
  for (let times = 1; times <= 2; times++) {
    const done = await post();
    t.is(done.status, 200);
    t.is(done.headers.get('content-type'), 'text/html; charset=utf-8');
    t.is(await choice(given, person), 'out');
  }
  t.is((await eventsIn(given.api.commands, preferencesStream(person))).length, 1);
});

test('a link that we have not made unsubscribes nobody', async (t) => {
  await using given = await givenReceipts();
  const [{ person }, { person: other }] = [await given.api.person(), await given.api.person()];
  const { commands } = given.api.commands.process();
  const token = commands.unsubscribeTokenOf({ person, channel: 'email', category: 'news' });
  const forged = Buffer.from(Buffer.from(token, 'base64url').toString('latin1').replace(person, other), 'latin1').toString('base64url');
  for (const wrong of [forged, token.slice(0, -4), 'a', Buffer.alloc(32).toString('base64url'), `${token}AAAA`]) {
    for (const method of ['GET', 'POST']) {
      const refused = await given.api.request('anonymous', method, `/v1/unsubscribe/${wrong}`);
      t.deepEqual([refused.status, refused.body.code], [422, 'unsubscribe-token-invalid']);
    }
  }
  t.is((await eventsIn(given.api.commands, preferencesStream(other))).length, 0);
});
