/** Logging out on a device ends what reaches it. */
import test from 'ava';
import { contacts } from '../../domain/people/contacts.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { contactsStream } from '../../domain/shared/streams.ts';
import { plus } from '../../domain/shared/instant.ts';
import { LogUnavailable, type EventLog } from '../../ports/event-log/port.ts';
import { givenCommands, signUp, type CommandsFixture, type Process } from '../test-fixture.ts';

const phone = 'phone' as DeviceId;

async function logIn(given: CommandsFixture, { commands }: Process, device?: DeviceId): Promise<{ readonly session: string; readonly person: PersonId }> {
  given.now = plus(given.now, 1_000);
  const loggedIn = await commands.logIn({ loginName: 'ann', password: 'a long password', ...(device === undefined ? {} : { device }) }, given.now);
  if (loggedIn.outcome !== 'accepted') throw new Error(loggedIn.outcome);
  return loggedIn;
}

const register = (
  { commands }: Process,
  given: CommandsFixture,
  { session, person }: { readonly session: string; readonly person: PersonId },
  device = phone,
) => commands.registerDevice({ person, device, platform: 'fcm', token: `token of ${device}`, session }, given.context(person, { at: given.now }));
const devicesOf = async ({ loadState }: Process, person: PersonId) =>
  (await loadState(contacts, contactsStream(person))).state.devices.map(({ device }) => device);

test('logging out ends the registration of the device that the session was opened on, or that it registered, and of no other', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const [onPhone, onTablet, inBrowser] = [await logIn(given, one, phone), await logIn(given, one), await logIn(given, one)];
  await register(one, given, onPhone);
  await register(one, given, onTablet, 'tablet' as DeviceId);
  await one.commands.logOut(inBrowser, given.now);
  t.deepEqual(await devicesOf(one, ann), [phone, 'tablet'] as DeviceId[]);
  await one.commands.logOut(onTablet, given.now);
  t.deepEqual(await devicesOf(one, ann), [phone]);
  await one.commands.logOut(onPhone, given.now);
  t.deepEqual(await devicesOf(one, ann), []);
});

test('logging out ends one session, and no other of the same person', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  await signUp(given, one, 'ann');
  const [onPhone, onTablet] = [await logIn(given, one, phone), await logIn(given, one, 'tablet' as DeviceId)];
  await one.commands.logOut(onPhone, given.now);
  t.not((await given.vault.get('session', onPhone.session))?.endedAt, undefined);
  t.is((await given.vault.get('session', onTablet.session))?.endedAt, undefined);
  t.deepEqual(
    given.hints.flatMap((hint) => (hint.kind === 'session-ended' ? [hint] : [])),
    [{ kind: 'session-ended', session: onPhone.session }],
  );
});

test('a device that a later session is open on keeps its registration when an older session of it ends', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const older = await logIn(given, one, phone);
  await register(one, given, older);
  const newer = await logIn(given, one, phone);
  await one.commands.logOut(older, given.now);
  t.deepEqual(await devicesOf(one, ann), [phone]);
  await one.commands.logOut(newer, given.now);
  t.deepEqual(await devicesOf(one, ann), []);
});

test('logging out that is interrupted can be asked for again, for the session is still open', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const session = await logIn(given, one, phone);
  await register(one, given, session);
  const away: EventLog = { ...given.log, append: () => Promise.reject(new LogUnavailable('It is away.')) };
  await t.throwsAsync(given.process(away).commands.logOut(session, given.now), { instanceOf: LogUnavailable });
  t.is((await given.vault.get('session', session.session))?.endedAt, undefined);
  await one.commands.logOut(session, given.now);
  t.not((await given.vault.get('session', session.session))?.endedAt, undefined);
  t.deepEqual(await devicesOf(given.process(), ann), []);
});

test('a device that is registered while its session is being logged out does not stay registered', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  for (let round = 0; round < 10; round++) {
    const session = await logIn(given, one, phone);
    await Promise.all([register(one, given, session), one.commands.logOut(session, given.now)]);
    t.deepEqual(await devicesOf(one, ann), [], `round ${round}`);
  }
});

test('a device is registered again by the next log-in’s session, and not by logging in alone', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const ann = await signUp(given, one, 'ann');
  const first = await logIn(given, one, phone);
  await register(one, given, first);
  await one.commands.logOut(first, given.now);
  const second = await logIn(given, one, phone);
  t.deepEqual(await devicesOf(one, ann), []);
  await register(one, given, second);
  t.deepEqual(await devicesOf(one, ann), [phone]);
});
