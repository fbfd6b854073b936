/** An erased person's data can't be read anywhere, and queries that concern the person still work. */
import test from 'ava';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { v7 } from 'uuid';
import { confirmContact } from '../client/confirm-contact.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { signRequest } from '../client/sign-request.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { createAcknowledged } from './acknowledged.ts';
import { authorizationOf, createActors, deriveKey, PASSWORD, type Person } from './actors.ts';
import { fetchOutbox } from './model/notifications.ts';
import { takeQuerySnapshot } from './model/query-snapshot.ts';
import { callReadApi, callWriteApi, TEST_TIMEOUT_MS, waitUntil, waitUntilIdle, type SystemUnderTest } from './system-under-test.ts';

const ABOUT = 'zitherspielende Leuchtturmwärterin';
const PHONE = '+4930987654321';
const POST = 'Der Schlüssel liegt unter dem Blumentopf.';
const EDITED = 'Der Schlüssel liegt jetzt beim Bäcker.';
const MESSAGE = 'Das Kennwort der Höhle ist Sesam.';
const NOTIFICATION = 'Ihr Rezept über Ibuprofen ist bereit.';

test('an erased person’s data is in no answer and no file, and all queries still work', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  const acknowledged = createAcknowledged();
  let secrets: readonly string[];
  let bobsEmail: string;
  {
    await using tidings = await startTidingsForTest(folder.path);
    const system: SystemUnderTest = { addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN };
    const actors = await createActors(system, { run: 'erased', size: 5 });
    const [ann, bob] = actors.people as [Person, Person];
    bobsEmail = bob.email;
    secrets = [ABOUT, PHONE, POST, EDITED, MESSAGE, NOTIFICATION, ann.pushToken, ann.email, 'Person-0-is-Ann', 'person-0-erased'];
    const callAsAnn = (path: string, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', body?: object) =>
      callWriteApi(system, path, { method, headers: authorizationOf(ann), key: deriveKey(actors.run, `${method} ${path}`), body });

    expectStatus([200], await callAsAnn('/v1/me', 'PATCH', { name: 'Person-0-is-Ann', about: ABOUT }));
    await confirmContact(system.addresses, { kind: 'phone', address: PHONE, headers: authorizationOf(ann), key: 'phone' });
    const post = String(expectStatus([201], await callAsAnn('/v1/me/feed', 'POST', { text: POST })).body['id']);
    expectStatus([200], await callAsAnn(`/v1/posts/${post}`, 'PATCH', { text: EDITED }));
    const channel = actors.channels.find(({ members }) => members.length === 2 && members.includes(ann) && members.includes(bob))?.id ?? '';
    const message = { headers: authorizationOf(ann), key: v7(), body: { text: MESSAGE } };
    expectStatus([201], await callWriteApi(system, `/v1/channels/${channel}/messages`, { method: 'POST', ...message }));
    const path = '/v1/notifications';
    const request = { key: 'notify', body: { recipients: [ann.id], category: 'health', content: { body: NOTIFICATION } } };
    expectStatus([201], await callWriteApi(system, path, { method: 'POST', headers: () => signRequest(actors.app, 'POST', path, request), ...request }));
    await waitUntil('the notification and the push are sent', async () => {
      const outbox = await fetchOutbox(system);
      return outbox.some(({ to }) => to === ann.pushToken) && outbox.some(({ category }) => category === 'chat');
    });

    expectStatus([200, 201], await callAsAnn('/v1/me', 'DELETE'));
    await waitUntilIdle(system);
    t.is((await callReadApi(system, '/v1/me', { headers: authorizationOf(ann) })).status, 401);
    const login = await callWriteApi(system, '/v1/sessions', { method: 'POST', body: { loginName: 'person-0-erased', password: PASSWORD } });
    t.is(login.status, 401);

    const others = { ...actors, people: actors.people.slice(1) };
    const answers = await takeQuerySnapshot({ system, actors: others, acknowledged });
    for (const [query, answer] of answers) {
      t.false(Array.isArray(answer) && typeof answer[0] === 'number' && answer[0] >= 500, `${query} is answered`);
      for (const secret of secrets) t.false(JSON.stringify(answer).includes(secret), `${query} contains ${secret}`);
    }
    const history = listOf(expectStatus([200], await callReadApi(system, `/v1/channels/${channel}/messages`, { headers: authorizationOf(bob) })), 'messages');
    t.deepEqual(
      history.map(({ seq, sender, text }) => ({ seq, sender, text })),
      [{ seq: 0, sender: ann.id, text: null }],
    );
    const erased = expectStatus([200], await callReadApi(system, `/v1/people/${ann.id}`, { headers: authorizationOf(bob) })).body;
    t.like(erased, { name: null, about: null, erased: true });
  }

  const occurrences = await findInFiles(folder.path, [...secrets, bobsEmail]);
  const isInOutbox = ({ file }: Occurrence) => file.startsWith('outbox/');
  t.deepEqual(
    occurrences.filter((occurrence) => occurrence.text !== bobsEmail && !isInOutbox(occurrence)),
    [],
  );
  t.true(
    occurrences.some(({ text, file }) => text === bobsEmail && file.startsWith('views.sqlite')),
    'the search finds data of people who were not erased',
  );
  // The outbox stands for the vendors, who keep what they were given.
  t.true(occurrences.some((occurrence) => occurrence.text === NOTIFICATION && isInOutbox(occurrence)));
});

type Occurrence = { readonly text: string; readonly file: string };

async function findInFiles(folder: string, texts: readonly string[]): Promise<readonly Occurrence[]> {
  const occurrences: Occurrence[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    for (const text of texts) if (content.includes(text)) occurrences.push({ text, file: relative(folder, path) });
  }
  return occurrences;
}
