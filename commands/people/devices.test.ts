/** A push token belongs to the device that registered it last, whoever's it is. */
import test, { type ExecutionContext } from 'ava';
import { contacts } from '../../domain/people/contacts.ts';
import { pushToken, type PushTokenState } from '../../domain/people/push-token.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { contactsStream, pushTokenStream } from '../../domain/shared/streams.ts';
import { LogUnavailable, type EventLog } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';

const phone = 'phone' as DeviceId;
const shared = { device: phone, platform: 'fcm', token: 'the token of one phone' } as const;

const register = ({ commands }: Process, given: CommandsFixture, person: PersonId, key?: string) =>
  commands.registerDevice({ person, ...shared }, given.context(person, key === undefined ? {} : { key }));
const devicesOf = async ({ loadState }: Process, person: PersonId) =>
  (await loadState(contacts, contactsStream(person))).state.devices.map(({ device }) => device);
const ownerOf = ({ commands, loadState }: Process): Promise<PushTokenState> =>
  loadState(pushToken, pushTokenStream(commands.pushTokenIdOf(shared))).then(({ state }) => state);

/** The same log, which refuses appends to these streams: a command that writes there is interrupted, as by a kill. */
const interruptedAt = (log: EventLog, ...streams: readonly string[]): EventLog => ({
  ...log,
  append: (stream, events, expected) =>
    streams.includes(stream) ? Promise.reject(new LogUnavailable('It was interrupted.')) : log.append(stream, events, expected),
});

async function isOnlyOwner(t: ExecutionContext, one: Process, owner: PersonId, others: readonly PersonId[]): Promise<void> {
  t.like(await ownerOf(one), { owner: { person: owner, device: phone } });
  t.deepEqual(await devicesOf(one, owner), [phone]);
  for (const other of others) t.deepEqual(await devicesOf(one, other), []);
}

test('a push token moves to the person who registers it last, and back', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await register(one, given, ann);
  given.now = plus(given.now, 1_000);
  await register(one, given, bob);
  await isOnlyOwner(t, one, bob, [ann]);
  given.now = plus(given.now, 1_000);
  await register(one, given, ann);
  await isOnlyOwner(t, one, ann, [bob]);
});

test('of people who register one token at once, through several processes, one has it afterwards', async (t) => {
  await using given = await givenCommands();
  const processes = [given.process(), given.process(), given.process()] as const;
  const people = await Promise.all(Array.from({ length: 6 }, (_, i) => signUp(given, processes[0], `person-${i}`)));
  for (let round = 0; round < 5; round++) {
    const results = await Promise.all(people.map((person, i) => register(processes[i % processes.length] as Process, given, person)));
    for (const { handled } of results) t.not(handled.outcome, 'refused');
    const state = await ownerOf(processes[0]);
    if (state.status === 'none') return t.fail('Nobody has the token.');
    const owner = state.owner.person;
    await isOnlyOwner(
      t,
      processes[round % processes.length] as Process,
      owner,
      people.filter((person) => person !== owner),
    );
  }
});

test('a registration that is killed after its claim leaves the token to nobody, and succeeds when it is repeated', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await register(one, given, ann);
  await t.throwsAsync(register(given.process(interruptedAt(given.log, contactsStream(bob))), given, bob, 'bob'), { instanceOf: LogUnavailable });
  t.like(await ownerOf(one), { owner: { person: bob } }, 'so nothing for Ann is sent to it');
  t.deepEqual(await devicesOf(one, bob), []);
  t.is(codeOf((await register(given.process(), given, bob, 'bob')).handled), 'appended');
  t.deepEqual(await devicesOf(given.process(), bob), [phone]);
});

test('a registration that is killed before the former owner’s ends leaves the token to the new one', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await register(one, given, ann);
  await t.throwsAsync(register(given.process(interruptedAt(given.log, contactsStream(ann))), given, bob, 'bob'), { instanceOf: LogUnavailable });
  t.like(await ownerOf(one), { owner: { person: bob } });
  t.is(codeOf((await register(given.process(), given, bob, 'bob')).handled), 'appended');
  t.deepEqual(await devicesOf(given.process(), bob), [phone]);
});

test('a registration that is repeated late takes the token from nobody who has registered it since', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  await register(one, given, ann, 'ann');
  await register(one, given, bob);
  t.like((await register(given.process(), given, ann, 'ann')).handled, { outcome: 'appended', repeated: true });
  await isOnlyOwner(t, one, bob, [ann]);
});

test('a person who does not exist claims no token', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  t.is(codeOf((await register(one, given, 'nobody' as PersonId)).handled), 'person-unknown');
  t.deepEqual(await ownerOf(one), { status: 'none' });
});

test('the stream of a token tells nothing about it, and what is in the stream neither', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  await register(one, given, ann);
  const id = one.commands.pushTokenIdOf(shared);
  t.regex(id, /^[0-9a-f]{32}$/);
  t.not(id, one.commands.pushTokenIdOf({ ...shared, platform: 'apns' }));
  const [claim] = await eventsIn(given, pushTokenStream(id));
  t.false(
    Buffer.from(claim?.data ?? [])
      .toString()
      .includes(shared.token),
  );
});

test('a device that makes room for another is told so to its connections', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  for (let i = 0; i <= 20; i++)
    await one.commands.registerDevice({ person: ann, device: `device-${i}` as DeviceId, platform: 'fcm', token: `token ${i}` }, given.context(ann));
  t.is((await devicesOf(one, ann)).length, 20);
  t.deepEqual(
    given.hints.filter(({ kind }) => kind === 'device-removed'),
    [{ kind: 'device-removed', device: 'device-0' }],
  );
});
