/** Who goes for good leaves nothing that can be read, and nothing that stands in anybody's way. */
import test from 'ava';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { v7 } from 'uuid';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { as, gather, keyIn, signatureOf, type Person } from './actors.ts';
import { outboxOf } from './notifications-model.ts';
import { nothingYet } from './acknowledged.ts';
import { expectStatus, listIn, read, settled, TEST_TIMEOUT_MS, until, write, type Site } from './installation.ts';
import { snapshotOf } from './query-snapshot.ts';

const ABOUT = 'zitherspielende Leuchtturmwärterin';
const PHONE = '+4930987654321';
const POST = 'Der Schlüssel liegt unter dem Blumentopf.';
const EDITED = 'Der Schlüssel liegt jetzt beim Bäcker.';
const MESSAGE = 'Das Kennwort der Höhle ist Sesam.';
const TOLD = 'Ihr Rezept über Ibuprofen ist bereit.';

test('who is erased is nowhere to be read, not in any file, and all queries go on', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  const acknowledged = nothingYet();
  let secrets: readonly string[];
  let stays: string;
  {
    await using house = await startTidingsForTest(folder.path);
    const site: Site = { addresses: () => Promise.resolve(house.addresses), adminToken: ADMIN_TOKEN };
    const cast = await gather(site, { run: 'erased', size: 5 });
    const [ann, bob] = cast.people as [Person, Person];
    stays = bob.email;
    secrets = [ABOUT, PHONE, POST, EDITED, MESSAGE, TOLD, ann.pushToken, ann.email, 'Person-0-is-Ann', 'person-0-erased'];
    const asked = (path: string, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', body?: object) =>
      write(site, path, { method, headers: as(ann), key: keyIn(cast.run, `${method} ${path}`), body });

    expectStatus([201], await asked('/v1/me', 'PATCH', { name: 'Person-0-is-Ann', about: ABOUT }));
    expectStatus([201], await asked('/v1/me/contacts/phone', 'PUT', { address: PHONE }));
    const post = String(expectStatus([201], await asked('/v1/me/feed', 'POST', { text: POST })).body['id']);
    expectStatus([201], await asked(`/v1/posts/${post}`, 'PATCH', { text: EDITED }));
    const channel = cast.channels.find(({ members }) => members.length === 2 && members.includes(ann) && members.includes(bob))?.id ?? '';
    expectStatus([201], await write(site, `/v1/channels/${channel}/messages`, { method: 'POST', headers: as(ann), key: v7(), body: { text: MESSAGE } }));
    const told = { recipients: [ann.id], category: 'health', content: { body: TOLD } };
    const path = '/v1/notifications';
    const asking = { key: 'told', body: told };
    expectStatus([201], await write(site, path, { method: 'POST', headers: () => signatureOf(cast.app, 'POST', path, asking), ...asking }));
    await until('the notification and the push are sent', async () => {
      const sent = await outboxOf(site);
      return sent.some(({ to }) => to === ann.pushToken) && sent.some(({ category }) => category === 'chat');
    });

    expectStatus([200, 201], await asked('/v1/me', 'DELETE'));
    await settled(site);
    t.is((await read(site, '/v1/me', { headers: as(ann) })).status, 401);
    const login = await write(site, '/v1/sessions', { method: 'POST', body: { loginName: 'person-0-erased', password: 'correct horse battery staple' } });
    t.is(login.status, 401);

    const others = { ...cast, people: cast.people.slice(1) };
    const answers = await snapshotOf(site, others, acknowledged);
    for (const [query, answer] of answers) {
      t.false(Array.isArray(answer) && typeof answer[0] === 'number' && answer[0] >= 500, `${query} is answered`);
      for (const secret of secrets) t.false(JSON.stringify(answer).includes(secret), `${query} tells ${secret}`);
    }
    const history = listIn(expectStatus([200], await read(site, `/v1/channels/${channel}/messages`, { headers: as(bob) })), 'messages');
    t.deepEqual(
      history.map(({ seq, sender, text }) => ({ seq, sender, text })),
      [{ seq: 0, sender: ann.id, text: null }],
    );
    const gone = expectStatus([200], await read(site, `/v1/people/${ann.id}`, { headers: as(bob) })).body;
    t.like(gone, { name: null, about: null, erased: true });
  }

  const found = await filesWith(folder.path, [...secrets, stays]);
  const ofOutbox = ({ file }: Found) => file.startsWith('outbox/');
  t.deepEqual(
    found.filter((one) => one.text !== stays && !ofOutbox(one)),
    [],
  );
  t.true(
    found.some(({ text, file }) => text === stays && file.startsWith('views.sqlite')),
    'what others said of themselves is found',
  );
  // The outbox stands for the vendors, who keep what they were given.
  t.true(found.some((one) => one.text === TOLD && ofOutbox(one)));
});

type Found = { readonly text: string; readonly file: string };

async function filesWith(folder: string, texts: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    for (const text of texts) if (content.includes(text)) found.push({ text, file: relative(folder, path) });
  }
  return found;
}
