import test from 'ava';
import { v7 } from 'uuid';
import { user } from '../../domain/people/user.ts';
import { DAY_MS, epochMs, plus } from '../../domain/shared/instant.ts';
import { userStream } from '../../domain/shared/streams.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { givenCommands, signUp } from '../test-fixture.ts';
import { HANDLED_COMMANDS_MAX } from './cached-stream.ts';
import { createStreamStates } from './stream-states.ts';

const AT_ONCE = 256;

test('the number of commands remembered over all streams is bounded; an evicted one is found in the log', async (t) => {
  await using given = await givenCommands();
  const { commands } = given.process();
  const streams: string[] = [];
  for (const name of ['ann', 'bob']) {
    const person = await signUp(given, given.process(), name);
    streams.push(userStream(person));
    for (let change = 0; change < 3; change++) await commands.changeProfile({ person, name: `${name} ${change}` }, given.context(person));
  }
  const [ann = '', bob = ''] = streams;

  let read: string[] = [];
  const readStream: EventLog['readStream'] = (stream, options) => {
    read.push(stream);
    return given.log.readStream(stream, options);
  };
  const loads = async (rememberedCommandsMax: number) => {
    const states = createStreamStates({ log: { ...given.log, readStream }, codec: given.codec }, { rememberedCommandsMax });
    const decideOn = (stream: string) => states.loadForDecision(user as never, stream, { commands: new Set(), since: undefined }, { catchUp: false });
    const first = await decideOn(ann);
    t.is(first.handledCommands.size, 4);
    await decideOn(bob);
    read = [];
    t.deepEqual((await decideOn(ann)).handledCommands, first.handledCommands);
    return read.includes(ann);
  };
  t.false(await loads(8));
  t.true(await loads(7));
});

test('a slow read of a stream takes nothing from what was read or appended meanwhile', async (t) => {
  await using given = await givenCommands();
  const { commands } = given.process();
  const person = await signUp(given, given.process(), 'ann');
  const stream = userStream(person);
  const change = (name: string) => commands.changeProfile({ person, name }, given.context(person));
  await change('ann 1');

  const [hasRead, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reads = 0;
  const readStream: EventLog['readStream'] = async function* (of, options) {
    const isSlow = of === stream && reads++ === 0;
    const events = await Array.fromAsync(given.log.readStream(of, options));
    if (isSlow) {
      hasRead.resolve();
      await mayGoOn.promise;
    }
    yield* events;
  };
  const states = createStreamStates({ log: { ...given.log, readStream }, codec: given.codec });
  const decideOn = () => states.loadForDecision(user as never, stream, { commands: new Set(), since: undefined }, { catchUp: false });
  const slow = states.loadCurrent(user as never, stream);
  await hasRead.promise;
  await change('ann 2');
  const { state, revision, position } = await decideOn();
  t.is(revision, 2);
  mayGoOn.resolve();
  await slow;
  const command = v7();
  states.recordAppended(stream, { state, revision: 3, position }, new Map([[command, { at: given.now, revision: 3 } as never]]));
  const after = await decideOn();
  t.is(after.revision, 3);
  t.is(after.handledCommands.size, 4, 'none is missing between those that were read and the one that was appended');
});

test('a command of days ago is found behind more commands than the cache holds of a stream', async (t) => {
  await using given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const say = ({ commands }: typeof one, key: string, at = given.now) =>
    commands.postMessage({ channel, sender: ann, text: 'hello', clientId: key }, given.context(ann, { key, at }));
  const first = v7({ msecs: epochMs(given.now) });
  t.like(await say(one, first), { outcome: 'appended', revision: 0, repeated: false });
  for (let said = 0; said <= HANDLED_COMMANDS_MAX; said += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, () => say(one, v7())));
  const later = plus(given.now, 6 * DAY_MS);
  t.like(await say(one, first, later), { outcome: 'appended', revision: 0, repeated: true });
  t.like(await say(given.process(), first, later), { outcome: 'appended', revision: 0, repeated: true });
});
