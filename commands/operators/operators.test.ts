import test from 'ava';
import { instant } from '../../domain/shared/instant.ts';
import { auditStream, operatorsStream } from '../../domain/shared/streams.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { codeOf, eventsIn, givenCommands, type CommandsFixture, type Process } from '../test-fixture.ts';
import { recordActionsWith, type AuditQuery } from './audit.ts';

const STREAM = operatorsStream('installation');
const ADMIN = { operator: 'admin-token', role: 'admin' } as const;

async function added(given: CommandsFixture, { name = 'jin.park', role = 'support' as const, ...options } = {}) {
  const { id, handled, token } = await given.process().commands.addOperator({ name, role }, given.context('local', options));
  if (handled.outcome !== 'appended') throw new Error(codeOf(handled));
  return { operator: id, token: token ?? '' };
}

test('a token leads to its operator, and stands neither in the log nor in the vault', async (t) => {
  await using given = await givenCommands();
  const { operator, token } = await added(given);
  t.deepEqual(await given.process().commands.findOperator(token), { operator, role: 'support' });
  const secret = token.slice(-43);
  const kept = JSON.stringify([
    await given.vault.owned('operator-token', operator),
    (await eventsIn(given, STREAM)).map(({ data }) => Buffer.from(data).toString()),
  ]);
  t.true(kept.includes('hash'));
  t.false(kept.includes(secret) || kept.includes('jin.park'));
});

test('while the log is away nobody is taken for an operator, nor for nobody', async (t) => {
  await using given = await givenCommands();
  const { token } = await added(given);
  const away = async function* () {
    yield* [];
    throw new LogUnavailable('away');
  };
  const { commands } = given.process({ ...given.log, readStream: away });
  await t.throwsAsync(commands.findOperator(token), { instanceOf: LogUnavailable });
});

test('a token that was changed, or made up, is nobody’s', async (t) => {
  await using given = await givenCommands();
  const { token } = await added(given);
  const { commands } = given.process();
  const changed = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
  for (const wrong of [
    changed,
    `${token}A`,
    token.slice(0, -1),
    token.toUpperCase(),
    'tidings-operator_',
    `tidings-operator_${'0'.repeat(36)}_${'a'.repeat(43)}`,
  ])
    t.is(await commands.findOperator(wrong), undefined, wrong);
});

test('a rotated token ends the one before, in every process', async (t) => {
  await using given = await givenCommands();
  const { operator, token } = await added(given);
  const other = given.process();
  t.not(await other.commands.findOperator(token), undefined);
  const rotated = await given.process().commands.rotateOperatorToken({ operator }, given.context('local'));
  t.is(await other.commands.findOperator(token), undefined);
  t.deepEqual(await other.commands.findOperator(rotated.token ?? ''), { operator, role: 'support' });
  t.is((await given.vault.owned('operator-token', operator)).length, 1);
});

test('a role holds from the next request on, and an operator who was removed is nobody', async (t) => {
  await using given = await givenCommands();
  const { operator, token } = await added(given);
  const [one, other] = [given.process(), given.process()];
  await one.commands.setOperatorRole({ operator, role: 'viewer' }, given.context('local'));
  t.like(await other.commands.findOperator(token), { role: 'viewer' });
  await one.commands.removeOperator({ operator }, given.context('local'));
  t.is(await other.commands.findOperator(token), undefined);
  t.is(codeOf((await one.commands.rotateOperatorToken({ operator }, given.context('local'))).handled), 'operator-unknown');
  t.deepEqual(await given.vault.owned('operator-token', operator), []);
  t.like((await one.commands.listOperators())[0], { operator, name: 'jin.park', removed: true });
});

test('an operator whose removal was interrupted before the vault knew of it is nobody', async (t) => {
  await using given = await givenCommands();
  const { operator, token } = await added(given);
  const vault = { ...given.vault, owned: () => Promise.reject(new Error('killed')) };
  await t.throwsAsync(given.process(given.log, { vault }).commands.removeOperator({ operator }, given.context('local')));
  t.is((await given.vault.owned('operator-token', operator)).length, 1);
  t.is(await given.process().commands.findOperator(token), undefined);
});

test('asked for twice, and by two processes at once, an operator is added once and gets one token', async (t) => {
  await using given = await givenCommands();
  const context = given.context('local', { key: 'once' });
  const add = () => given.process().commands.addOperator({ name: 'jin.park', role: 'support' }, context);
  const results = [...(await Promise.all([add(), add()])), await add()];
  t.is(new Set(results.map(({ id }) => id)).size, 1);
  t.is((await eventsIn(given, STREAM)).length, 1);
  const tokens = results.flatMap(({ token }) => (token === undefined ? [] : [token]));
  t.is(tokens.length, 1);
  t.not(await given.process().commands.findOperator(tokens[0] ?? ''), undefined);
});

test('rotated twice under one key there is one new token, and a later one is left alone', async (t) => {
  await using given = await givenCommands();
  const { operator } = await added(given);
  const context = given.context('local', { key: 'once' });
  const rotate = () => given.process().commands.rotateOperatorToken({ operator }, context);
  const results = [...(await Promise.all([rotate(), rotate()])), await rotate()];
  t.is(results.filter(({ token }) => token !== undefined).length, 1);
  const later = await given.process().commands.rotateOperatorToken({ operator }, given.context('local'));
  t.is((await rotate()).token, undefined, 'repeated after a later rotation');
  t.not(await given.process().commands.findOperator(later.token ?? ''), undefined);
});

const audited = (given: CommandsFixture, query: Partial<AuditQuery> = {}) =>
  Array.fromAsync(given.process().commands.readAudit({ to: given.now.slice(0, 10), days: 1, ...query }));

test('what was done, and what failed, is read back by day, operator and action, the newest first', async (t) => {
  await using given = await givenCommands();
  const { operator } = await added(given);
  const record = recordActionsWith(given.process(), () => given.now);
  given.now = instant(Date.parse('2026-11-28T23:59:59.000Z'));
  const late = await record({ action: 'unblockContact', by: { operator, role: 'support' }, of: { person: 'p' } });
  given.now = instant(Date.parse('2026-11-29T00:00:01.000Z'));
  await late.failed('person-unknown');
  await record({ action: 'set-routing', by: ADMIN });
  await record({ action: 'reveal-log', by: ADMIN, reason: 'ticket 4711' });
  const line = ({ action, reason, failed }: Awaited<ReturnType<typeof audited>>[number]) => [action, reason, failed];
  t.deepEqual((await audited(given)).map(line), [
    ['reveal-log', 'ticket 4711', null],
    ['set-routing', null, null],
  ]);
  t.deepEqual((await audited(given, { days: 2, operators: new Set([operator]) })).map(line), [['unblockContact', null, 'person-unknown']]);
  t.deepEqual((await audited(given, { days: 30, action: 'set-routing' })).map(line), [['set-routing', null, null]]);
  t.like((await audited(given, { to: '2026-11-28' }))[0], { operator, role: 'support', of: { person: 'p' } });
  t.deepEqual(await audited(given, { to: '2026-11-27', days: 400 }), []);
});

test('a reason is sealed, for it may speak of a person', async (t) => {
  await using given = await givenCommands();
  await recordActionsWith(given.process(), () => given.now)({ action: 'erasePersonOf', by: ADMIN, reason: 'Ann Ålund asked for it' });
  const [event] = await eventsIn(given, auditStream(given.now.slice(0, 10)));
  t.false(
    Buffer.from(event?.data ?? '')
      .toString()
      .includes('Ann'),
  );
});

test('many at once, in several processes, are all in the audit', async (t) => {
  await using given = await givenCommands();
  const tenIn = (process: Process, name: string) => {
    const record = recordActionsWith(process, () => given.now);
    return Array.from({ length: 10 }, (_, i) => record({ action: 'plug-vendor', by: ADMIN, of: { vendor: `${name}-${i}` } }));
  };
  await Promise.all(['one', 'two', 'three'].flatMap((name) => tenIn(given.process(), name)));
  t.is(new Set((await audited(given)).map(({ of }) => of['vendor'])).size, 30);
});

test('without the log nothing is recorded, and the operator is told', async (t) => {
  await using given = await givenCommands();
  const log = { ...given.log, append: () => Promise.reject(new LogUnavailable('away')) };
  await t.throwsAsync(recordActionsWith(given.process(log), () => given.now)({ action: 'set-routing', by: ADMIN }), { instanceOf: LogUnavailable });
});
