import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { v7 } from 'uuid';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { StoredEvent } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp } from '../test-fixture.ts';

test('the words of an erased person are in no file any more, and everybody else goes on', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const secret = 'the heron nests behind the third lock';
  await one.commands.postMessage({ channel, sender: ann, text: secret, clientId: v7() }, given.context(ann));
  await one.commands.publishPost({ author: ann, text: secret }, given.context(ann));
  await one.commands.registerDevice({ person: ann, device: 'phone' as never, platform: 'fcm', token: secret }, given.context(ann));
  await one.commands.changeProfile({ person: ann, about: secret }, given.context(ann));

  t.is(codeOf(await one.commands.erasePerson({ person: ann }, given.context(ann))), 'appended');
  t.is(codeOf(await one.commands.postMessage({ channel, sender: bob, text: 'are you there?', clientId: v7() }, given.context(bob))), 'appended');
  t.is(codeOf(await given.process().commands.postMessage({ channel, sender: ann, text: 'no', clientId: v7() }, given.context(ann))), 'person-erased');
  t.is(codeOf((await one.commands.requestFriend({ person: bob, other: ann }, given.context(bob))).handled), 'person-erased');
  t.is((await one.commands.logIn({ loginName: 'ann', password: 'a long password' }, given.now)).outcome, 'refused');
  t.is(
    codeOf((await given.process().commands.signUp({ loginName: 'ann', name: 'Another', password: 'a long password' }, given.context('login:new'))).handled),
    'appended',
  );

  const [first] = await eventsIn(given, messagesStream(channel));
  t.deepEqual((await given.codec.decode(first as StoredEvent)).data, {
    ...(await given.codec.decode(first as StoredEvent)).data,
    text: { erased: true },
  } as never);
  for (const file of await readdir(given.folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) t.false((await readFile(join(file.parentPath, file.name))).includes(secret), file.name);
  }
});
