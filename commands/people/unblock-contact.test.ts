/** Lifting the block that a STOP, a complaint or a bounce has set: of which address, and what the log says of it. */
import test from 'ava';
import { v7 } from 'uuid';
import { blockOf, contacts } from '../../domain/people/contacts.ts';
import type { EndpointId, PersonId } from '../../domain/shared/ids.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';

const OPERATOR = 'admin-token';

const setPhone = async (given: CommandsFixture, { commands }: Process, person: PersonId, address: string): Promise<EndpointId> =>
  (await commands.setContact({ person, kind: 'phone', address }, given.context(person))).id;

const blockedIn = async ({ loadState }: Process, person: PersonId, endpoint: EndpointId) =>
  blockOf((await loadState(contacts, contactsStream(person))).state, endpoint);

test('a block is lifted once, and the log says by whom', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const ann = await signUp(given, process, 'ann');
  const endpoint = await setPhone(given, process, ann, '+4930123456');
  await commands.blockEndpoint({ person: ann, endpoint, reason: 'complaint' }, given.context('system:deliver'));
  const key = v7();
  const unblock = (by: Process) => by.commands.unblockContact({ person: ann, kind: 'phone' }, given.context(OPERATOR, { key }));
  t.is(codeOf(await unblock(process)), 'appended');
  t.is(await blockedIn(process, ann, endpoint), undefined);
  const [last] = (await eventsIn(given, contactsStream(ann))).slice(-1);
  t.is(last?.type, 'people.contact-unblocked.v1');
  t.like(JSON.parse(Buffer.from(last?.metadata ?? []).toString()), { actor: OPERATOR });
  t.like(await unblock(given.process()), { outcome: 'appended', repeated: true });
  t.is(codeOf(await commands.unblockContact({ person: ann, kind: 'phone' }, given.context(OPERATOR))), 'unchanged');
});

test('an unblocking repeated under the same key after a new STOP lifts nothing', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const ann = await signUp(given, process, 'ann');
  const endpoint = await setPhone(given, process, ann, '+4930123456');
  const stop = () => commands.blockEndpoint({ person: ann, endpoint, reason: 'stop' }, given.context('system:deliver'));
  const key = v7();
  const unblock = () => commands.unblockContact({ person: ann, kind: 'phone' }, given.context(OPERATOR, { key }));
  await stop();
  await unblock();
  await stop();
  await unblock();
  t.is(await blockedIn(process, ann, endpoint), 'stop');
});

test('a STOP that comes after another process has lifted the last one blocks again', async (t) => {
  await using given = await givenCommands();
  const [operators, workers] = [given.process(), given.process()];
  const ann = await signUp(given, operators, 'ann');
  const endpoint = await setPhone(given, operators, ann, '+4930123456');
  for (let round = 0; round < 2; round++) {
    t.is(codeOf(await workers.commands.blockEndpoint({ person: ann, endpoint, reason: 'stop' }, given.context('system:deliver'))), 'appended');
    t.is(codeOf(await operators.commands.unblockContact({ person: ann, kind: 'phone' }, given.context(OPERATOR))), 'appended');
  }
  t.is(await blockedIn(workers, ann, endpoint), undefined);
});

test('setting the address again lifts no block, but another address has none', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const ann = await signUp(given, process, 'ann');
  const endpoint = await setPhone(given, process, ann, '+4930123456');
  await commands.blockEndpoint({ person: ann, endpoint, reason: 'stop' }, given.context('system:deliver'));
  const other = await setPhone(given, process, ann, '+4930999999');
  t.is(await blockedIn(process, ann, other), undefined);
  t.is(codeOf(await commands.unblockContact({ person: ann, kind: 'phone' }, given.context(OPERATOR))), 'unchanged');
  t.is(await setPhone(given, process, ann, '+4930123456'), endpoint);
  t.is(await blockedIn(process, ann, endpoint), 'stop');
});

test('unblocking is refused where there is no such address, or no such person', async (t) => {
  await using given = await givenCommands();
  const process = given.process();
  const { commands } = process;
  const ann = await signUp(given, process, 'ann');
  const unblock = async (person: PersonId) => codeOf(await commands.unblockContact({ person, kind: 'email' }, given.context(OPERATOR)));
  t.is(await unblock(ann), 'endpoint-unknown');
  t.is(await unblock('nobody' as PersonId), 'person-unknown');
  await commands.erasePerson({ person: ann }, given.context(ann));
  t.is(await unblock(ann), 'person-erased');
});
